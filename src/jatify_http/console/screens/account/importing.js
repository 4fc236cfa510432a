// Bringing things in: a table of applications, or all that was taken along from another Jatify.

import { h } from "../../dom.js";
import { guardDrops } from "../../parts/file-drop.js";
import { earlierImports } from "./import/earlier.js";
import { wholeImport } from "./import/whole.js";
import "./import/wizard.js";

export function importing(place, { signal, news }) {
  guardDrops(signal);
  const wizard = document.createElement("jatify-import");
  wizard.news = news;
  const earlier = h("div", { class: "stack" });
  const whole = h("div", { class: "stack" });
  place.append(
    h(
      "div",
      { class: "account-part" },
      h("h3", {}, "Applications from a table"),
      h("p", {}, "From Huntr, Teal, JobSync, Simplify or a spreadsheet of your own: export it there as CSV. You see what would happen before anything does, and can take all of it back."),
      wizard,
      earlier,
    ),
    h("div", { class: "account-part" }, h("h3", {}, "Everything from another Jatify"), whole),
  );
  earlierImports(earlier, { signal, news });
  wholeImport(whole, { signal, news });
}
