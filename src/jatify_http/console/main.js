// The console's start: the frame around the screens, or the way in for whoever is not logged in.

import "./frame.js";
import "./screens/login.js";
import { h } from "./dom.js";
import { session } from "./session.js";

function show() {
  document.body.replaceChildren(h(session.open ? "jatify-frame" : "jatify-login"));
}

session.addEventListener("change", show);
show();
