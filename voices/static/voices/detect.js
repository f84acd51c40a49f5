// The Check page: one file in, the API's verdict out.

import { post } from "./api.js";
import { machineCurve } from "./machinecurve.js";
import { acceptDrops, byId, clock, limits, make, number, say, showError } from "./page.js";

const drop = byId("drop");
const input = byId("file");
const verdict = byId("verdict");
const errorBox = byId("detect-error");

let latest = null;

async function check(file) {
  latest = file;
  showError(errorBox, "");
  if (file.size > limits.uploadBytes) {
    verdict.replaceChildren();
    showError(errorBox, say("tooLarge", { megabytes: limits.uploadBytes / 2 ** 20 }));
    return;
  }
  const told = (share) => {
    if (latest !== file) return;
    const sent = say("percent", { value: number.format(Math.floor(100 * share)) });
    const words = share < 1 ? say("uploading", { name: file.name, percent: sent }) : say("checking", { name: file.name });
    verdict.replaceChildren(make("p", { text: words }), make("progress", { max: 1, value: share < 1 && share, "aria-label": words }));
  };
  told(0);
  const body = new FormData();
  body.append("file", file);
  try {
    const answer = await post("detect/", body, told);
    if (latest === file) show(file, answer);
  } catch (error) {
    if (latest !== file) return;
    verdict.replaceChildren();
    showError(errorBox, error.message);
  }
}

function show(file, answer) {
  verdict.replaceChildren(mark(file, answer), ear(answer.judgement));
}

function mark(file, answer) {
  return make("section", { class: answer.made_here ? "verdict made" : "verdict", "aria-label": say("markTitle"), id: "mark" },
    make("p", { class: "quiet kind", text: say("markTitle") }),
    make("h2", { text: say({ true: "made", false: "notMade", null: "tooShort" }[answer.made_here]) }),
    make("p", { text: answer.explanation }),
    make("p", { class: "quiet", text: say("facts", {
      name: file.name,
      length: clock(answer.seconds),
      score: number.format(answer.score),
      threshold: number.format(answer.threshold),
    }) }));
}

function ear(judgement) {
  // an opinion is never certain, however it is rounded
  const percent = (share) => say("percent", { value: number.format(Math.min(99, Math.max(1, Math.round(100 * share)))) });
  const { share, machine_from: machine, person_below: person } = judgement;
  return make("section", { class: `verdict ${judgement.speaker}`, "aria-label": say("earTitle"), id: "ear" },
    make("p", { class: "quiet kind", text: say("earTitle") }),
    make("h2", { text: say(judgement.speaker) }),
    make("p", { text: judgement.explanation }),
    share !== null && make("p", { class: "quiet", text: say("share", { share: percent(share), machine: percent(machine), person: percent(person) }) }),
    share !== null && judgement.curve.length > 1 && machineCurve(judgement));
}

input.addEventListener("change", () => {
  if (input.files.length) check(input.files[0]);
  input.value = "";
});
acceptDrops(drop, ([file]) => file && check(file));
