/** Keeps the component library's mode (`data-mode` on the root element) equal to the system's. */
export function followColorScheme(root: HTMLElement, dark: MediaQueryList): void {
  const apply = () => {
    root.dataset['mode'] = dark.matches ? 'dark' : 'light'
  }
  apply()
  dark.addEventListener('change', apply)
}
