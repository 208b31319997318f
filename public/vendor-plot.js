// Apart from vendor.js, as it is the largest, and only pages with plots need it.
export { default as UPlot } from './vendor/uplot@1.6.32/uplot.js';
