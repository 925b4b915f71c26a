import type { StudyChart } from '../study/chart.js';
import type { StudyResult } from '../study/study.js';
import type { Figure } from './figures.js';
import type { FigureOptions } from './frame.js';
import { responseFigure } from './response.js';
import { studyCurveFigure } from './study-curve.js';
import { studyDotsFigure } from './study-dots.js';
import { studySheetFigure } from './study-sheet.js';

/** The figure of a study's chart, ready to draw. */
export function chartFigure(chart: StudyChart, options: FigureOptions = {}): Figure {
  const { name, title, caption } = chart;
  return { name, title, caption, options: plotOf(chart, options) };
}

/** Every figure of a study, but those without a point in them. */
export function studyFigures({ charts }: StudyResult, options: FigureOptions = {}): Figure[] {
  return charts
    .filter((chart) => !('points' in chart) || chart.points.length > 0)
    .map((chart) => chartFigure(chart, options));
}

function plotOf(chart: StudyChart, options: FigureOptions): Figure['options'] {
  switch (chart.type) {
    case 'curve':
      return studyCurveFigure(chart, options);
    case 'dots':
      return studyDotsFigure(chart, options);
    case 'response':
      return responseFigure(chart.detail, chart.tokens, options);
    case 'sheet':
      return studySheetFigure(chart, options);
  }
}
