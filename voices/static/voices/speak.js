// Start of the page.

import { loadHistory } from "./recent.js";
import { startNewVoice } from "./newvoice.js";
import { byId, showError } from "./page.js";
import { startPanels } from "./panels.js";
import { startSpeaking } from "./speech.js";
import { loadVoices, startVoices } from "./voices.js";

const complain = (error) => showError(byId("speak-error"), error.message);
const refreshHistory = () => loadHistory().catch(complain);

startVoices({ deleted: refreshHistory });
startNewVoice();
startSpeaking({ finished: refreshHistory });
startPanels();
loadVoices().catch(complain);
refreshHistory();
