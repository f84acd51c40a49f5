// The page behind a share link.

import { byId, language, pageData } from "./page.js";
import { showSound } from "./player.js";

const until = byId("until");
const date = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
until.textContent = date.format(new Date(until.dateTime));
showSound(pageData.sound);
