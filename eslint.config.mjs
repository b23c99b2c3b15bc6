import js from "@eslint/js";

/** Private parts of other people's code, by the words they are reached with; each adapter may say its own. */
const PLOTLY =
  "/^_(fullLayout|fullData|offset|length|context|rangeInitial[01]|autorangeInitial)$|^(d2p|p2d|__data__)$/";
const PRIVATE = [
  {
    selector: `MemberExpression > Identifier.property[name=${PLOTLY}]`,
    message: "Private to Plotly: belongs in plotly_adapter.mjs.",
  },
  {
    selector: `Property > Identifier.key[name=${PLOTLY}]`,
    message: "Private to Plotly: belongs in plotly_adapter.mjs.",
  },
  {
    selector: "Literal[value=/js-plotly-plot|js-line|js-fill/]",
    message: "Plotly's markup: belongs in plotly_adapter.mjs.",
  },
  { selector: "Literal[value=/mantine-[A-Z]|--slider-/]", message: "Mantine's markup: belongs in dash_adapter.mjs." },
  {
    selector: "MemberExpression[object.name=window][property.name=/^gaba(?!Prerender$)/]",
    message: "No globals: import it.",
  },
  {
    selector: "MemberExpression[object.name=window][property.name=dash_clientside]",
    message: "Belongs in dash_adapter.mjs.",
  },
];
const BROWSER = [
  "window",
  "document",
  "location",
  "history",
  "localStorage",
  "navigator",
  "console",
  "performance",
  "fetch",
  "atob",
  "CSS",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "requestAnimationFrame",
  "cancelAnimationFrame",
  "getComputedStyle",
  "matchMedia",
  "Element",
  "FormData",
  "HTMLElement",
  "HTMLInputElement",
  "URL",
  "Response",
  "PointerEvent",
  "CustomEvent",
  "Event",
  "MutationObserver",
  "ResizeObserver",
  "DataTransfer",
  "DOMMatrix",
  "URLSearchParams",
  "AbortController",
  "TextDecoder",
  "URL",
  "Blob",
  "HTMLInputElement",
  "Option",
  "Image",
  "FontFace",
  "XMLSerializer",
  "NodeFilter",
  "btoa",
  "structuredClone",
];

/** @param {string[]} names */
const known = (names) => Object.fromEntries(names.map((name) => [name, /** @type {const} */ ("readonly")]));

export default [
  { ignores: ["node_modules/", "assets/vendor/", "**/.venv/", "**/venv/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      complexity: ["error", 12],
      "consistent-return": "error",
      eqeqeq: "error",
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 40],
      "no-implicit-globals": "error",
      "no-shadow": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["assets/**"],
    languageOptions: { globals: known(BROWSER) },
    rules: { "no-restricted-syntax": ["error", ...PRIVATE] },
  },
  { files: ["assets/*.js"], languageOptions: { sourceType: "script" }, rules: { "max-lines-per-function": "off" } },
  { files: ["assets/plotly_adapter.mjs", "assets/dash_adapter.mjs"], rules: { "no-restricted-syntax": "off" } },
  {
    files: ["tests/**"],
    languageOptions: {
      globals: known(["Buffer", "URL", "TextEncoder", "URLSearchParams", "setTimeout", "structuredClone"]),
    },
  },
];
