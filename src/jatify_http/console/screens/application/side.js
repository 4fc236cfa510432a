// What goes with an application: the next thing to do, the resume, and tags.

import { download } from "../../api.js";
import { h, settled } from "../../dom.js";
import { addressOf } from "../../frame.js";
import { autosave } from "../../parts/autosave.js";
import { choices, field } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { redraw, whenChanged } from "../../parts/redraw.js";
import { complain } from "../../parts/toasts.js";
import { day, daysAway, today } from "../../words.js";

// A date that is typed is a date after each digit of its year.
const TYPED = 700;

/** When to come back to it, and to what end. */
export function followUpPanel(context) {
  const typed = settled(() => change(context, { follow_up_on: date.value || null }), TYPED);
  const date = h("input", { type: "date", class: "input", "aria-label": "Follow up on", onchange: typed });
  const words = h("p", { class: "soft follow-words", "aria-live": "polite" });
  const set = (days) => change(context, { follow_up_on: days === null ? null : today(days) });
  const quick = [["In 3 days", 3], ["In a week", 7], ["Clear", null]];
  const buttons = quick.map(([label, days]) => h("button", { type: "button", class: "button small", onclick: () => set(days) }, label));
  const element = h(
    "section",
    { class: "panel follow", "aria-label": "Follow-up" },
    h("h2", {}, "Follow-up"),
    h("div", { class: "follow-date" }, date, words),
    h("div", { class: "row" }, buttons),
    autosave(context.tracked.drafts.follow_up_note, "What to do", { single: true, placeholder: "Ask about the next round" }),
  );
  const show = whenChanged(({ follow_up_on }) => [follow_up_on, today()], ({ follow_up_on }) => {
    if (document.activeElement !== date || !date.value) date.value = follow_up_on ?? "";
    words.textContent = follow_up_on ? sentence(daysAway(follow_up_on)) : "Nothing planned.";
    element.dataset.due = String(Boolean(follow_up_on) && follow_up_on <= today());
    buttons[2].disabled = !follow_up_on;
  });
  return { element, show };
}

/** The resume that is linked, and the one that was sent. */
export function resumePanel(context) {
  const { resumes } = context;
  const pairs = [["", "None"], ...resumes.map((one) => [one.id, one.name])];
  const linked = field("Resume for this job", {
    tag: "select",
    options: choices(pairs, context.tracked.value.resume_id),
    onchange: (event) => change(context, { resume_id: event.target.value || null }),
  });
  const applied = field("Applied on", { type: "date", onchange: settled(() => change(context, { applied_on: date.value || null }), TYPED) });
  const sent = h("div", { class: "sent" });
  const select = linked.querySelector("select");
  const date = applied.querySelector("input");
  const show = whenChanged(({ resume_id, sent_resume, applied_on }) => [resume_id, sent_resume, applied_on], ({ resume_id, sent_resume, applied_on }) => {
    // A resume that came after this page is there by its id alone.
    if (resume_id && !pairs.some(([id]) => id === resume_id)) select.append(h("option", { value: resume_id }, "A newer resume"));
    select.value = resume_id ?? "";
    if (document.activeElement !== date || !date.value) date.value = applied_on ?? "";
    redraw(sent, sent_resume && sentWords(sent_resume));
  });
  const none = !resumes.length && h("p", {}, h("a", { href: addressOf("match") }, "Upload a resume"));
  return { element: h("section", { class: "panel resume-panel", "aria-label": "Resume" }, h("h2", {}, "Resume"), none || linked, sent, applied), show };
}

function sentWords({ resume_id, name, filename, sent_at }) {
  const fetch = async () => {
    try {
      await download(`/api/resumes/${resume_id}/file`, filename);
    } catch (problem) {
      complain(problem);
    }
  };
  return h(
    "div",
    { class: "sent-resume" },
    icon("file"),
    h("p", {}, h("strong", {}, `Sent: ${name}`), h("span", { class: "soft" }, `${filename}, ${day(sent_at)}${resume_id ? "" : ". Deleted since"}`)),
    resume_id && h("button", { type: "button", class: "icon-button", dataset: { key: "sent" }, "aria-label": `Download ${filename}`, title: "Download", onclick: fetch }, icon("download")),
  );
}

/** Words to find it by. */
export function tagsPanel(context) {
  const list = h("ul", { class: "tags" });
  const input = h("input", { class: "input", "aria-label": "Add a tag", placeholder: "Add a tag", maxlength: 50, autocomplete: "off", enterkeyhint: "done" });
  const add = async () => {
    const said = input.value.split(",").map((one) => one.trim()).filter(Boolean);
    if (!said.length) return;
    const tags = [...new Set([...context.tracked.value.tags, ...said])];
    if (await change(context, { tags })) input.value = "";
  };
  const drop = async (tag) => {
    await change(context, { tags: context.tracked.value.tags.filter((one) => one !== tag) });
    input.focus();
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== ",") return;
    event.preventDefault();
    add();
  });
  input.addEventListener("blur", add);
  const show = whenChanged(({ tags }) => tags, ({ tags }) => {
    const away = (tag) =>
      h("button", { type: "button", class: "tag-away", "aria-label": `Take the tag ${tag} away`, onclick: () => drop(tag) }, icon("close"));
    redraw(list, tags.map((tag) => h("li", { class: "chip" }, h("span", {}, tag), away(tag))));
    list.hidden = !tags.length;
  });
  return { element: h("section", { class: "panel tags-panel", "aria-label": "Tags" }, h("h2", {}, "Tags"), list, input), show };
}

async function change({ tracked }, members) {
  try {
    await tracked.change("PATCH", "", members);
    return true;
  } catch (problem) {
    complain(problem);
    return false;
  }
}

function sentence(words) {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
