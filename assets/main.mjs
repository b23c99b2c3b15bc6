/*
 * Where the browser half begins. Modules run when the page is parsed to its end, all of Dash's scripts included, and
 * before `DOMContentLoaded`, at which Dash starts: whatever its first callbacks ask for is there.
 */
import * as announcer from "./announcer.mjs";
import * as drops from "./drop_anywhere.mjs";
import * as drag from "./drag.mjs";
import * as grid from "./lazy_grid.mjs";
import * as list from "./runs_list.mjs";
import * as marks from "./marks.mjs";
import * as menus from "./menus.mjs";
import * as navigation from "./navigation.mjs";
import * as pictures from "./pictures.mjs";
import * as presentation from "./presentation.mjs";
import * as playhead from "./runs_playhead.mjs";
import * as buttons from "./copy_link.mjs";
import * as semantics from "./semantics.mjs";
import * as server from "./server_watch.mjs";
import * as sliders from "./sliders.mjs";
import * as tables from "./table_keys.mjs";
import * as url from "./url_state.mjs";
import * as steps from "./view_history.mjs";
import { offer, offerLater } from "./dash_adapter.mjs";
import { partsOf } from "./merged_lines.mjs";

const { collect, pin, nothing } = url;
offer("gaba", { follow: drag.follow, collect, light: navigation.light, picture: pictures.show, pin, nothing });
offer("gaba_runs", {
  find: list.find,
  clear: list.clear,
  load: playhead.load,
  scrub: playhead.scrub,
  play: playhead.play,
  speed: playhead.speed,
});
offerLater("gaba_zoom", () => import("./runs_zoom.mjs"), { know: "know" });

/** A module that one view needs comes with that view, and listens from then on. */
function once(/** @type {() => Promise<any>} */ load) {
  let isListening = false;
  return async () => {
    const made = await load();
    if (!isListening) made.listen();
    isListening = true;
    return made;
  };
}
const polling = once(() => import("./runs_polling.mjs"));
const cells = once(() => import("./map_cells.mjs"));
const handle = once(() => import("./point_handle.mjs"));
const canvas = once(() => import("./line_canvas.mjs"));
offerLater("gaba_map", cells, { remember: "remember", work: "work", goOn: "goOn" });
offerLater("gaba_anti_windup", handle, { remember: "remember" });
offerLater("gaba_live", polling, { follow: "follow", drawn: "shown", listed: "listed" });

document.addEventListener("gaba-drawn", async function look(event) {
  const graph = /** @type {CustomEvent<Graph>} */ (event).detail;
  if (!graph.data.some(partsOf)) return;
  document.removeEventListener("gaba-drawn", look);
  (await canvas()).follow(graph);
});

const formulas = document.getElementsByClassName("gaba-formula");
new MutationObserver(async (_, observer) => {
  if (!formulas.length) return;
  observer.disconnect();
  (await import("./mathematics.mjs")).listen();
}).observe(document, { subtree: true, childList: true });

/** Mantine asks for the value at a slider's position. */
const gabaValue = (/** @type {number} */ position, /** @type {{values: number[]}} */ { values }) =>
  values[Math.round(position)] ?? position;
window.dashMantineFunctions = { ...window.dashMantineFunctions, gabaValue };

grid.listen();
announcer.listen();
server.listen();
semantics.listen();
marks.listen();
sliders.listen();
drag.listen();
drops.listen();
buttons.listen();
steps.listen();
menus.listen();
navigation.listen();
tables.listen();
url.leadBack();
pictures.followThemeAndWidth();
playhead.listen();
presentation.listen();
