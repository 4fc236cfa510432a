// Which of the columns at the end of the pipeline are open: kept by this browser.

import { keep, kept } from "../../parts/keeping.js";

const PLACE = "jatify.board.open";

export class Folding {
  #open = new Set(read());

  isOpen(statusId) {
    return this.#open.has(statusId);
  }

  keep(statusId, open) {
    if (open) this.#open.add(statusId);
    else this.#open.delete(statusId);
    keep(PLACE, [...this.#open]);
  }
}

function read() {
  const open = kept(PLACE);
  return Array.isArray(open) ? open : [];
}
