export { escapeHtml } from './markup.js';
export { figureSvg, hasFont, inlineFigure, svgToPng } from './render-figure.js';
export { renderReport } from './render-report.js';
export type { NamedHash, ReportData, ReportItem } from './report-data.js';
export { type SavedFigures, saveFigures } from './save-figures.js';
