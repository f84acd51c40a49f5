// Files on their way to a dataset: texts go with the recordings of their name, large files in parts.

import { post } from "./api.js";
import { acceptDrops, byId, limits, make, number, say, showError } from "./page.js";
import { sentInParts } from "./parts.js";

const SOUND = /\.(mp3|wav|wave|flac|ogg|oga|opus|m4a|mp4|aac|amr|3gp|webm|mka|mpga|zip)$/i;
const TEXT = /\.(txt|srt|vtt)$/i;
const list = byId("sending");

const stem = (file) => file.name.replace(/\.[^.]*$/, "");

export function startUploads(refresh) {
  let dataset = null;
  let queue = Promise.resolve();

  const complain = (message) => showError(byId("upload-error"), message);

  function take(files) {
    const texts = new Map(files.filter((file) => TEXT.test(file.name)).map((file) => [stem(file), file]));
    const problems = [];
    const sounds = files.filter((file) => {
      if (TEXT.test(file.name)) return false;
      if (!SOUND.test(file.name) && !/^(audio|video)\//.test(file.type)) problems.push(say("wrongFile", { name: file.name }));
      else if (!file.size) problems.push(say("emptyFile", { name: file.name }));
      else return true;
      return false;
    });
    for (const [name, text] of texts) {
      if (!sounds.some((file) => stem(file) === name)) problems.push(say("textAlone", { name: text.name }));
    }
    complain(problems.join(" "));
    const mine = dataset.id;
    for (const file of sounds) {
      const row = make("li", {}, make("span", { class: "name", text: file.name }), make("progress", { max: 1, value: 0, "aria-label": file.name }));
      list.append(row);
      queue = queue.then(() => send(mine, file, texts.get(stem(file)), row));
    }
  }

  async function send(id, file, text, row) {
    const [words, bar] = row.children;
    const told = (share) => {
      bar.value = share;
      const percent = say("percent", { value: number.format(Math.floor(100 * share)) });
      words.textContent = share < 1 ? say("uploading", { name: file.name, percent }) : say("uploaded", { name: file.name });
    };
    try {
      const body = new FormData();
      if (text) {
        body.set("transcript", await text.text());
        body.set("transcript_format", text.name.match(TEXT)[1].toLowerCase());
      }
      if (file.size > limits.uploadBytes) body.set("upload", await sentInParts(file, told));
      else body.set("recording", file, file.name);
      await post(`datasets/${id}/takes/`, body, file.size > limits.uploadBytes ? undefined : told);
      row.remove();
    } catch (error) {
      bar.remove();
      row.classList.add("bad");
      words.textContent = `${file.name}: ${error.message}`;
      setTimeout(() => row.remove(), 20_000);
    }
    await refresh().catch(() => {});
  }

  const input = byId("files");
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  acceptDrops(byId("drop"), take);

  return { show(shown) { dataset = shown; complain(""); }, changed(fresh) { dataset = fresh; } };
}
