// Where resumes are dropped: by mouse or through a button, with how far each one is, and why one was refused.

import { upload } from "../../api.js";
import { h } from "../../dom.js";
import { icon } from "../../parts/icons.js";
import { complain, say } from "../../parts/toasts.js";

const TAKEN = ".pdf,.docx,.txt,.md";

/** The place; *added* hears of each resume that the server took. */
export function dropZone({ signal, added }) {
  const chooser = h("input", { type: "file", accept: TAKEN, multiple: true, class: "visually-hidden", tabindex: -1, "aria-hidden": "true", onchange: () => take([...chooser.files]) });
  const button = h("button", { type: "button", class: "button", onclick: () => chooser.click() }, icon("upload"), "Choose a file");
  const words = h("p", {});
  const rows = h("ul", { class: "resume-uploads", "aria-live": "polite" });
  const element = h("div", { class: "resume-drop" }, h("div", { class: "resume-drop-words" }, words, h("p", { class: "soft" }, "PDF, DOCX, text or Markdown")), button, chooser, rows);
  let line = Promise.resolve();

  function take(files) {
    chooser.value = "";
    for (const file of files) {
      const row = rowOf(file);
      rows.append(row.element);
      // One after the other: reading a file takes the server a moment.
      line = line.then(() => send(file, row));
    }
  }

  async function send(file, row) {
    const parts = new FormData();
    parts.set("file", file);
    try {
      const resume = await upload("/api/resumes", parts, row.progress, signal);
      row.element.remove();
      say(`${resume.name} is uploaded.`);
      await added(resume);
    } catch (problem) {
      if (problem.status === undefined || problem.status === 401) complain(problem);
      else row.refused(problem.words);
    }
  }

  // Anywhere on the page, so that nobody has to aim; a browser would else show the file and leave.
  let inside = 0;
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  const turn = (by) => {
    inside = Math.max(0, inside + by);
    element.classList.toggle("over", inside > 0);
  };
  const hear = (kind, act) => document.addEventListener(kind, (event) => carries(event) && act(event), { signal });
  hear("dragenter", () => turn(1));
  hear("dragleave", () => turn(-1));
  hear("dragover", (event) => event.preventDefault());
  hear("drop", (event) => {
    event.preventDefault();
    turn(-inside);
    take([...event.dataTransfer.files]);
  });

  const show = (held) => {
    words.textContent = held ? "Drop another resume here" : "Drop your resume here";
    element.classList.toggle("first", !held);
  };
  return { element, show };
}

function rowOf(file) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  const state = h("span", { class: "soft" }, "Uploading…");
  const element = h("li", { class: "resume-upload" }, h("span", { class: "resume-upload-name" }, file.name), state, bar);
  return {
    element,
    progress(share) {
      bar.value = share;
      if (share === 1) {
        state.textContent = "Reading the text…";
        bar.removeAttribute("value");
      }
    },
    refused(words) {
      bar.remove();
      element.classList.add("refused");
      state.textContent = words;
      element.append(h("button", { type: "button", class: "icon-button", "aria-label": `Dismiss ${file.name}`, onclick: () => element.remove() }, icon("close")));
    },
  };
}
