// The page's data, words and small builders.

const data = JSON.parse(document.getElementById("page-data").textContent);
const icons = document.querySelector('meta[name="icons"]').content;

export const language = data.language;
export const limits = data.limits;

export const byId = (id) => document.getElementById(id);

/** A string of the page with its {braces} filled. */
export function say(key, values = {}) {
  return data.strings[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const pageData = data;

/** Build an element: make("p", {class: "quiet", text: "…"}, child, …). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A round button with a picture and a spoken name. */
export function iconButton(name, label, onclick, style = "round small") {
  return make("button", { type: "button", class: style, "aria-label": label, title: label, onclick }, icon(name));
}

/** Let files be dropped on a box: `take` gets those that were. */
export function acceptDrops(box, take) {
  for (const kind of ["dragenter", "dragover"]) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.add("over");
    });
  }
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
}

/** Fill a message box; an empty message hides it. */
export function showError(box, message) {
  box.textContent = message && message[0].toUpperCase() + message.slice(1);
  box.hidden = !message;
}

/** A button that works keeps the focus: it is only said to be out of use. */
export const setBusy = (button, is) => button.setAttribute("aria-disabled", String(is));
export const isBusy = (button) => button.getAttribute("aria-disabled") === "true";

/** 75.4 → "1:15", 3675 → "1:01:15". */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60)];
  return hours ? `${hours}:${two(minutes % 60)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** How long a running job still takes, once its pace is known. */
export function timeLeft(job) {
  const seconds = job.progress.seconds_left;
  return seconds >= 1 ? say("timeLeft", { time: clock(seconds) }) : "";
}

/** The word that goes with a number, of "one|few|many|other". */
export function plural(key, value) {
  const [one, few, many, other] = say(key).split("|");
  return { one, few, many, other }[new Intl.PluralRules(language).select(value)];
}

export const number = new Intl.NumberFormat(language);

export const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
