// How far an upload is, and that the server works on it after that.

import { h } from "../../../dom.js";

/** A bar named *label*; *working* says what the server does once it has everything. */
export function uploadBar(label, working) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": label });
  const state = h("span", {}, "Uploading…");
  return {
    element: h("div", { class: "upload-bar", role: "status" }, state, bar),
    progress(share) {
      bar.value = share;
      if (share < 1 || state.textContent === working) return;
      state.textContent = working;
      // Without a value it says that it cannot be known how long that takes.
      bar.removeAttribute("value");
    },
  };
}
