/** The lines of the product's mark: three water levels, as path data on a 24 × 24 grid. */
export const markPath = 'M2 8c3.3-3 6.7-3 10 0s6.7 3 10 0M2 14c3.3-3 6.7-3 10 0s6.7 3 10 0M5 20h14';

/** The mark as an image file of its own, in a colour that reads on light and dark. */
export const markSvg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#0d9488" \
stroke-width="2.4" stroke-linecap="round"><path d="${markPath}"/></svg>\n`;
