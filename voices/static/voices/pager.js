// The way from page to page under a list.

import { byId, say } from "./page.js";

export class Pager {
  page = 1;

  constructor(size, turned) {
    this.size = size;
    byId("later").addEventListener("click", () => turned(this.page -= 1));
    byId("earlier").addEventListener("click", () => turned(this.page += 1));
  }

  draw(count) {
    const pages = Math.max(1, Math.ceil(count / this.size));
    byId("pages").hidden = pages === 1;
    byId("page-of").textContent = say("pageOf", { page: this.page, pages });
    byId("later").disabled = this.page === 1;
    byId("earlier").disabled = this.page === pages;
  }

  /** Whether an error only says that the last page has become empty; then it goes to the one before. */
  hasEmptied(error) {
    if (error.status !== 404 || this.page === 1) return false;
    this.page -= 1;
    return true;
  }
}
