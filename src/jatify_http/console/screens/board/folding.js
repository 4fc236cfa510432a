// Which of the columns at the end of the pipeline are open: kept by this browser.

const KEY = "jatify.board.open";

export class Folding {
  #open = new Set(read());

  isOpen(statusId) {
    return this.#open.has(statusId);
  }

  keep(statusId, open) {
    if (open) this.#open.add(statusId);
    else this.#open.delete(statusId);
    localStorage.setItem(KEY, JSON.stringify([...this.#open]));
  }
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
