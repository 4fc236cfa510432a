// The login: its token, kept by this browser until it ends, and told to all windows.

const KEY = "jatify.session";

/** What is said where a login ended that nobody here has ended. */
export const ENDED = "Your login has ended. Log in to go on where you were.";

class Session extends EventTarget {
  #kept = read();

  constructor() {
    super();
    window.addEventListener("storage", (event) => {
      if (event.key !== KEY && event.key !== null) return;
      this.#kept = read();
      this.farewell = this.open ? "" : ENDED;
      this.dispatchEvent(new Event("change"));
    });
  }

  get open() {
    return this.#kept !== null;
  }

  get token() {
    return this.#kept?.token ?? null;
  }

  get user() {
    return this.#kept?.user ?? null;
  }

  /** Why the last login ended, in words for the login page. */
  farewell = "";

  begin({ token, expires_at, user }) {
    this.#kept = { token, expires_at, user };
    localStorage.setItem(KEY, JSON.stringify(this.#kept));
    this.farewell = "";
    this.dispatchEvent(new Event("change"));
  }

  /** The user reads otherwise now. */
  rename(user) {
    this.#kept = { ...this.#kept, user };
    localStorage.setItem(KEY, JSON.stringify(this.#kept));
    this.dispatchEvent(new Event("renamed"));
  }

  end(words = "") {
    if (!this.open) return;
    this.#kept = null;
    localStorage.removeItem(KEY);
    this.farewell = words;
    this.dispatchEvent(new Event("change"));
  }
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept && Date.parse(kept.expires_at) > Date.now() ? kept : null;
  } catch {
    return null;
  }
}

export const session = new Session();
