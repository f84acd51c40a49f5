// The report of a prepared dataset: what was kept and dropped and why, to be heard, undone and moved.

import { get, post, remove } from "./api.js";
import { byId, clock, language, make, number, say, showError } from "./page.js";

const AT_ONCE = 30;
const list = byId("pieces");
const filter = byId("piece-filter");

/** Whether a recording is a sentence read aloud, whose file is called as it begins. */
const isCalled = (file, text) => text.length > 0 && file.replace(/\.[^.]*$/, "").slice(0, 30) === text.replace(/[.!?…]+$/, "").slice(0, 30);

export function startReport(refresh) {
  let dataset = null;
  let report = null;
  let wanted = new Map(); // what is to become of a piece, by its id
  let shown = "kept";
  let most = AT_ONCE;
  let version = ""; // of what is drawn

  const complain = (message) => showError(byId("report-error"), message);
  const reason = (code) => report.reasons?.[code]?.[language] ?? (code === "by_hand" ? say("byHand") : code);

  async function load() {
    const mark = `${dataset.id} ${dataset.prepared_at} ${dataset.edits_pending}`;
    if (mark === version) return;
    version = mark;
    byId("report").hidden = !dataset.report_url;
    if (!dataset.report_url) return;
    try {
      const [found, { edits }] = await Promise.all([get(`datasets/${dataset.id}/report/`), get(`datasets/${dataset.id}/edits/`)]);
      if (version !== mark) return;
      report = found;
      wanted = new Map(edits.filter((edit) => !edit.followed).map((edit) => [edit.clip, edit]));
      draw();
    } catch (error) {
      complain(error.message);
    }
  }

  function draw() {
    const figures = dataset.figures;
    byId("report-sum").textContent = say("prepared", { kept: clock(figures.seconds_kept), given: clock(figures.seconds_given), clips: number.format(figures.clips) });
    const dropped = Object.entries(figures.dropped_seconds).sort(([, a], [, b]) => b - a);
    byId("report-dropped").replaceChildren(...dropped.map(([code, seconds]) => make("li", { text: say("droppedOf", { reason: reason(code), time: clock(seconds) }) })));
    byId("apply").hidden = byId("forget").hidden = !wanted.size;
    byId("report-link").href = dataset.page_url;
    byId("train").search = new URLSearchParams({ dataset: dataset.id });
    const frame = byId("report-frame");
    if (byId("whole-report").open) frame.src = dataset.page_url;
    else frame.removeAttribute("src");
    drawPieces();
  }

  function isShown(piece) {
    const silence = piece.reasons.includes("silence");
    return { kept: piece.kept, dropped: !piece.kept && !silence, silence: !piece.kept && silence }[shown];
  }

  function drawPieces() {
    const some = report.pieces.filter(isShown);
    list.replaceChildren(...some.slice(0, most).map(entry));
    if (!some.length) list.append(make("li", { class: "quiet", text: say("nothingShown") }));
    const more = some.length - most;
    byId("pieces-more").replaceChildren(...(more > 0 ? [make("button", { type: "button", class: "button ghost", text: `+ ${number.format(Math.min(more, AT_ONCE))}`, onclick: () => { most += AT_ONCE; drawPieces(); } })] : []));
  }

  function entry(piece) {
    const edit = wanted.get(piece.id);
    const file = report.recordings[piece.recording].file;
    const why = piece.kept ? piece.mended.map((name) => say(`mended_${name}`)).join(", ") : piece.reasons.map(reason).join(", ") || say("byHand");
    const text = piece.text || piece.phonemes || "";
    const times = { from: clock(piece.start_seconds), to: clock(piece.end_seconds) };
    const where = say(isCalled(file, text) ? "ofSentence" : "ofFile", { file, ...times });
    const flip = piece.kept ? "drop" : "keep";
    return make("li", { class: `piece ${piece.kept ? "kept" : "dropped"}`, "data-id": piece.id },
      make("p", { class: "piece-text", lang: "ru", text: text || where }),
      make("p", { class: "quiet", text: [text && where, why].filter(Boolean).join(" · ") }),
      make("audio", { controls: true, preload: "none", src: soundOf(piece), "aria-label": `${piece.id} ${text.slice(0, 60)}` }),
      edit ? make("p", { class: "piece-edit", text: say(`willBe_${edit.action}`) })
        : make("div", { class: "row" },
          make("button", { type: "button", class: "button ghost", text: say(`${flip}Piece`), "aria-label": `${say(`${flip}Piece`)}: ${piece.id}`, onclick: () => change({ clip: piece.id, action: flip }) }),
          piece.kept && mover(piece)));
  }

  function mover(piece) {
    const field = (key, value) => make("input", { type: "number", step: "0.01", min: 0, value: value.toFixed(2), "aria-label": say(key) });
    const [from, to] = [field("moveFrom", piece.start_seconds), field("moveTo", piece.end_seconds)];
    const go = make("button", { type: "button", class: "button ghost", text: say("moveDo"), onclick: () => change({ clip: piece.id, action: "move", new_from_s: Number(from.value), new_to_s: Number(to.value) }) });
    return make("details", { class: "fold piece-move" }, make("summary", { text: say("movePiece") }), make("div", { class: "row" }, from, "–", to, go));
  }

  /** Its clip, or its stretch of the recording that it was dropped from. */
  function soundOf(piece) {
    const files = `/api/v1/datasets/${dataset.id}/files/`;
    const when = encodeURIComponent(dataset.prepared_at);
    if (piece.kept) return `${files}clips/${piece.id}.flac?of=${when}`;
    return `${files}${report.recordings[piece.recording].copy}?of=${when}#t=${piece.start_seconds.toFixed(2)},${piece.end_seconds.toFixed(2)}`;
  }

  async function change(edit) {
    complain("");
    try {
      await post(`datasets/${dataset.id}/edits/`, { edits: [edit] });
      await refresh();
      list.querySelector(`[data-id="${edit.clip}"] audio`)?.focus();
    } catch (error) {
      complain(error.message);
    }
  }

  filter.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-show]");
    if (!chip) return;
    shown = chip.dataset.show;
    most = AT_ONCE;
    for (const one of filter.children) one.setAttribute("aria-pressed", String(one === chip));
    drawPieces();
  });
  byId("forget").addEventListener("click", async () => {
    await remove(`datasets/${dataset.id}/edits/`).catch((error) => complain(error.message));
    await refresh().catch(() => {});
  });
  byId("whole-report").addEventListener("toggle", (event) => {
    if (event.target.open && dataset.page_url) byId("report-frame").src = dataset.page_url;
  });

  return {
    show(chosen) {
      dataset = chosen;
      version = "";
      complain("");
      load();
    },
    changed(fresh) {
      dataset = fresh;
      load();
    },
  };
}
