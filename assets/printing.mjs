/* Paper is white: a page is printed in the light theme, and is as it was afterwards. */

const root = document.documentElement;

export function listen() {
  let own = root.dataset.mantineColorScheme;
  window.addEventListener("beforeprint", () => {
    own = root.dataset.mantineColorScheme;
    root.dataset.mantineColorScheme = "light";
  });
  window.addEventListener("afterprint", () => (root.dataset.mantineColorScheme = own));
}
