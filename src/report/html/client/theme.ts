// A script, not a module: it runs before anything is drawn, so that a page of the other theme never flashes up.

;(() => {
  const KEY = 'provtrail-theme'
  const THEMES = ['system', 'light', 'dark']

  function stored(): string {
    try {
      const theme = localStorage.getItem(KEY) ?? ''
      return THEMES.includes(theme) ? theme : 'system'
    } catch {
      return 'system' // A file may have no storage.
    }
  }

  function apply(theme: string): void {
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    const button = document.getElementById('theme')
    if (button) button.textContent = `Theme: ${theme}`
  }

  let theme = stored()
  apply(theme)
  document.documentElement.classList.add('scripted')
  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme')
    if (!button) return
    button.hidden = false
    apply(theme)
    button.addEventListener('click', () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!
      apply(theme)
      try {
        localStorage.setItem(KEY, theme)
      } catch {
        // It holds for as long as the page is open.
      }
    })
  })
})()
