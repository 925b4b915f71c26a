/**
 * The report's only script: the choice of head, tooltips with ratios, and closed parts that open when linked to
 * or printed. Without it the page is whole but for that choice.
 */
export const reportScript = `
for (const box of document.querySelectorAll('.shading')) {
  const select = box.querySelector('select');
  const places = box.querySelectorAll('.place');
  const ratios = box.dataset.ratios.split(' ');
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const show = () => {
    const levels = select.selectedOptions[0].dataset.levels;
    places.forEach((place, i) => {
      const level = levels[i] ?? '-';
      const mark = level === '-' ? '0' : level === '!' ? '1' : level;
      place.setAttribute('class', place.getAttribute('class').replace(/k[A-Za-z01]$/, 'k' + mark));
      place.title = level === '!' ? 'not positive' : level === '-' ? '' : 'response ÷ normaliser ≈ ' + ratios[letters.indexOf(level)];
    });
  };
  select.disabled = false;
  select.addEventListener('change', show);
  show();
}
const reveal = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === 'DETAILS') target.open = true;
};
addEventListener('hashchange', reveal);
reveal();
addEventListener('beforeprint', () => {
  for (const part of document.querySelectorAll('details')) part.open = true;
});
`;
