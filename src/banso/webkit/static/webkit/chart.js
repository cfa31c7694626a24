// Draws the charts of a page once they come into view. Without it, their tables stand.
"use strict";

const drawn = new Map(); // figure -> vega view

function colors() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const color = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["healthy", "watch", "at-risk", "unknown", "healthy-soft", "watch-soft",
    "at-risk-soft", "healthy-fill", "watch-fill", "at-risk-fill", "unknown-fill", "ink", "ink-2", "ink-3", "line", "line-1", "line-2", "line-3", "line-4",
    "line-5", "line-6"];
  const found = Object.fromEntries(names.map((name) => [name, color(name)]));
  probe.remove();
  return found;
}

// The colors of the page's theme, under the names that banso.charts gives its marks.
function config() {
  const c = colors();
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: "transparent",
    font,
    axis: { labelColor: c["ink-3"], titleColor: c["ink-2"], gridColor: c.line, domainColor: c.line,
      tickColor: c.line, labelFontSize: 11, titleFontSize: 11, titleFontWeight: 500 },
    legend: { labelColor: c["ink-2"], titleColor: c["ink-2"], labelFontSize: 12, titleFontSize: 12 },
    range: {
      category: [c["line-1"], c["line-2"], c["line-3"], c["line-4"], c["line-5"], c["line-6"]],
      ordinal: [c["healthy-fill"], c["watch-fill"], c["at-risk-fill"], c["unknown-fill"]],
    },
    style: {
      "ground-healthy": { color: c["healthy-soft"] },
      "ground-watch": { color: c["watch-soft"] },
      "ground-at_risk": { color: c["at-risk-soft"] },
      main: { color: c.ink },
      series: { color: c["line-1"] },
    },
    view: { stroke: null },
  };
}

let bundle;
function library(address) {
  bundle ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return bundle;
}

async function draw(figure) {
  const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  await library(figure.dataset.library);
  drawn.get(figure)?.finalize();
  const result = await window.vegaEmbed(figure.querySelector(".chart-plot"), spec, {
    ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true }, renderer: "svg",
    actions: false, config: config(),
  });
  drawn.set(figure, result);
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    draw(entry.target);
  }
}, { rootMargin: "200px" });

function watch(root) {
  for (const figure of root.querySelectorAll("figure.chart[data-library]")) seen.observe(figure);
}
const redraw = () => { for (const figure of drawn.keys()) draw(figure); };

watch(document);
document.addEventListener("htmx:load", (event) => watch(event.target));
document.addEventListener("banso:theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
