/* Copies the link to what the Runs view shows; a dropped file is in no link, and that is said. */
(() => {
  const TOLD_MS = 2500;

  /** Where the clipboard is closed to pages (http on another machine), the old way through a selection. */
  async function put(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const place = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(place);
    place.select();
    document.execCommand("copy");
    place.remove();
    return undefined;
  }

  async function copy(clicks, runs) {
    if (!clicks) return window.dash_clientside.no_update;
    const dropped = (runs ?? "").split(",").map(decodeURIComponent).filter((key) => key.startsWith("dropped: "));
    try {
      await put(location.href);
    } catch {
      return "Not copied";
    }
    const again = () => document.getElementById("runs-link") && window.dash_clientside.set_props("runs-link", { children: "Copy link" });
    setTimeout(again, TOLD_MS);
    if (dropped.length) {
      const names = dropped.map((key) => key.slice(9, key.lastIndexOf(" #"))).join(", ");
      const message = `${names}: a dropped file stays on this page. Whoever opens the link sees the other runs only.`;
      const notice = { action: "show", title: "A dropped file cannot be shared", message, color: "orange", autoClose: 12000 };
      window.dash_clientside.set_props("notify", { sendNotifications: [notice] });
    }
    return "Copied";
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { gaba_link: { copy } });
})();
