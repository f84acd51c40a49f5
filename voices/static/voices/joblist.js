// Jobs of a page: what was asked for, how far it is stage by stage, and buttons for what came of it.

import { get, post, remove } from "./api.js";
import { byId, clock, language, make, say, showError, timeLeft } from "./page.js";
import { Pager } from "./pager.js";

const PAGE_SIZE = 10;
const POLL_MILLISECONDS = 1000;

export const isActive = (job) => ["queued", "running"].includes(job.status);

export const buttonOf = (style, text, label, onclick) => make("button", { type: "button", class: style, text, "aria-label": label, onclick });

/** The list #made with its pager.
 *
 *  kinds: for `jobs/?kind=`; stages: names of a job's, in order; facts: words about a job; buttons: of one that has
 *  ended, beside those that every job has; open: shows one that has succeeded; hide: its opposite; also: draws what
 *  else goes on and tells whether it still does.
 */
export class JobList {
  shown = null; // id of the job that is open
  #list = byId("made");
  #error = byId("error");
  #timer = 0;
  #asked = 0;
  #awaited = new Set(); // to be opened when they are made

  constructor(how) {
    this.how = how;
    this.pager = new Pager(PAGE_SIZE, () => this.load().then(() => this.#list.scrollIntoView({ block: "nearest" })));
  }

  async load() {
    clearTimeout(this.#timer);
    const mine = ++this.#asked;
    const answer = await get(`jobs/?kind=${this.how.kinds}&page_size=${PAGE_SIZE}&page=${this.pager.page}`).catch((error) => {
      if (this.pager.hasEmptied(error)) return this.load();
      showError(this.#error, error.message);
      this.#timer = setTimeout(() => this.load(), 5 * POLL_MILLISECONDS);
      return null;
    });
    if (!answer || mine !== this.#asked) return;
    const more = await this.how.also?.().catch((error) => showError(this.#error, error.message));
    if (mine !== this.#asked) return;
    this.pager.draw(answer.count);
    const list = this.#list;
    const focused = list.contains(document.activeElement) ? document.activeElement.closest("li[data-id]") : null;
    const place = focused ? [focused.dataset.id, [...focused.querySelectorAll("button, a")].indexOf(document.activeElement)] : null;
    list.removeAttribute("aria-busy");
    list.replaceChildren(...answer.results.map((job) => this.#entry(job)));
    byId("empty").hidden = answer.count > 0;
    if (place) list.querySelector(`[data-id="${place[0]}"]`)?.querySelectorAll("button, a")[place[1]]?.focus();
    for (const job of answer.results) this.#openWhenMade(job);
    if (more || answer.results.some(isActive)) this.#timer = setTimeout(() => this.load(), POLL_MILLISECONDS);
  }

  #openWhenMade(job) {
    if (isActive(job)) this.#awaited.add(job.id);
    else if (this.#awaited.delete(job.id) && job.status === "succeeded") this.open(job);
  }

  open(job) {
    this.shown = job.id;
    for (const item of this.#list.children) item.classList.toggle("playing", item.dataset.id === this.shown);
    this.how.open(job);
  }

  /** Jobs that were just made; the newest page is shown. */
  sent(ids) {
    for (const id of ids) this.#awaited.add(id);
    this.pager.page = 1;
    return this.load();
  }

  /** The job that the address names. */
  async openAsked() {
    const id = new URLSearchParams(location.search).get("job");
    if (!id) return;
    const job = await get(`jobs/${id}/`);
    if (job.status === "succeeded") this.open(job);
  }

  #state(job) {
    const { stage, ahead, models_loading: loading } = job.progress;
    if (job.status === "queued") {
      if (loading) return say("loading");
      return ahead ? say("waitsFor", { count: ahead }) : say("queued");
    }
    if (job.status === "running") {
      const stages = this.how.stages(job);
      const step = stages.indexOf(stage) + 1;
      return [say(`stage_${stage}`), step && say("stageOf", { number: step, total: stages.length }), timeLeft(job)].filter(Boolean).join(" · ");
    }
    if (job.status !== "succeeded") return say(job.status);
    return job.audio ? `${clock(job.audio.seconds)} · ${job.audio.format}` : "";
  }

  #facts(job) {
    const date = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
    return [...this.how.facts(job), this.#state(job), date.format(new Date(job.created_at))].filter(Boolean).join(" · ");
  }

  #entry(job) {
    const { done, total } = job.progress;
    const named = (key) => say(key, { name: job.name });
    return make("li", { "data-id": job.id, class: job.id === this.shown ? "playing" : "" },
      make("p", { class: "song-name", text: job.name }),
      isActive(job) && make("progress", { max: total || 1, value: total ? done : false, "aria-label": this.#state(job) }),
      make("p", { class: "quiet", text: this.#facts(job) }),
      job.error && make("p", { class: "why", text: job.error.message }),
      make("div", { class: "row" },
        job.status === "succeeded" && buttonOf("button", say("open"), named("openNamed"), () => {
          this.open(job);
          byId(this.how.place).scrollIntoView({ block: "nearest" });
        }),
        ...(isActive(job) ? [] : this.how.buttons(job)),
        isActive(job)
          ? buttonOf("button ghost", say("cancel"), named("cancelNamed"), () => this.#after(post(`jobs/${job.id}/cancel/`)))
          : buttonOf("button ghost", say("remove"), named("removeNamed"), () => this.#drop(job))));
  }

  async #drop(job) {
    if (!confirm(say("removeSong", { name: job.name }))) return;
    if (this.shown === job.id) {
      this.shown = null;
      this.how.hide();
    }
    await this.#after(remove(`jobs/${job.id}/`));
    (this.#list.querySelector("button") ?? byId("files")).focus();
  }

  async #after(change) {
    await change.catch((error) => showError(this.#error, error.message));
    await this.load();
  }

  start() {
    this.load().then(() => this.openAsked()).catch((error) => showError(this.#error, error.message));
  }
}
