/** Unfolds everything for paper, and folds it again. */
let folded: HTMLDetailsElement[] = []

addEventListener('beforeprint', () => {
  folded = [...document.querySelectorAll('details')].filter((details) => !details.open)
  for (const details of folded) details.open = true
})

addEventListener('afterprint', () => {
  for (const details of folded) details.open = false
  folded = []
})

export {}
