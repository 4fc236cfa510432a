// The resumes: choose one, drop a new one, rename, fetch or delete what is there.

import { all, download, patch, remove } from "../../api.js";
import { h } from "../../dom.js";
import { confirmed, field, form, openDialog } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { redraw } from "../../parts/redraw.js";
import { complain } from "../../parts/toasts.js";
import { bytes, count, day, warningWords } from "../../words.js";
import { dropZone } from "./drop.js";

/** The panel. *choose* hears of the one taken, *kept* of all there are after a change. */
export function resumesPanel({ signal, choose, kept }) {
  const list = h("div", { class: "resumes", role: "radiogroup", "aria-label": "Resume" });
  const again = async () => kept(await all("/api/resumes", {}, { signal }));
  const zone = dropZone({
    signal,
    async added(resume) {
      await again();
      choose(resume);
    },
  });

  function show(resumes, chosen) {
    redraw(list, resumes.map((resume) => card(resume, resume.id === chosen?.id)));
    list.hidden = !resumes.length;
    zone.show(resumes.length);
  }

  function card(resume, checked) {
    const facts = [resume.pages && count(resume.pages, "page"), bytes(resume.size), day(resume.created_at)].filter(Boolean).join(", ");
    return h(
      "div",
      { class: "resume-card" },
      h(
        "label",
        {},
        h("input", { type: "radio", name: "resume", checked, value: resume.id, dataset: { key: resume.id }, onchange: () => choose(resume) }),
        h("span", { class: "resume-words" }, h("strong", {}, resume.name), h("span", { class: "soft" }, facts)),
        resume.warnings.length > 0 && h("span", { class: "chip", dataset: { tone: "warn" } }, icon("warning"), count(resume.warnings.length, "warning")),
      ),
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          dataset: { key: `more-${resume.id}` },
          "aria-label": `More about ${resume.name}`,
          title: "Rename, download, delete",
          onclick: () => manage(resume),
        },
        icon("more"),
      ),
    );
  }

  function manage(resume) {
    openDialog(resume.name, (close) => [
      h("p", { class: "soft" }, [resume.filename, bytes(resume.size), day(resume.created_at)].join(", ")),
      resume.warnings.length > 0 && h("ul", { class: "warnings" }, resume.warnings.map((code) => h("li", { class: "notice warn" }, warningWords(code)))),
      form({}, [field("Name", { name: "name", value: resume.name, required: true, maxlength: 200 })], "Rename", async ({ name }) => {
        await patch(`/api/resumes/${resume.id}`, { name });
        close();
        await again();
      }),
      h(
        "div",
        { class: "actions spread" },
        h("button", { type: "button", class: "button danger", onclick: () => drop(resume, close) }, icon("trash"), "Delete"),
        h("button", { type: "button", class: "button", onclick: () => fetchFile(resume) }, icon("download"), "Download the file"),
      ),
    ]);
  }

  async function fetchFile(resume) {
    try {
      await download(`/api/resumes/${resume.id}/file`, resume.filename);
    } catch (problem) {
      complain(problem);
    }
  }

  async function drop(resume, close) {
    close();
    const words = "Its checks go with it and cannot be brought back. Applications keep the name of the resume that was sent.";
    if (!(await confirmed(`Delete ${resume.name}?`, words, "Delete"))) return;
    try {
      await remove(`/api/resumes/${resume.id}`);
      await again();
    } catch (problem) {
      complain(problem);
    }
  }

  const element = h("section", { class: "panel resumes-panel", "aria-label": "Resumes" }, h("h2", {}, "Resume"), list, zone.element);
  return { element, show };
}
