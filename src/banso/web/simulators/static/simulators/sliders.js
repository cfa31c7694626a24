// Shows the value of a slider while it moves, in steps. Without it, the server does.
"use strict";

const language = document.documentElement.lang || "en";

function said(slider, value) {
  const { unit, currency } = slider.dataset;
  if (unit === "share") return new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
  if (unit === "money") return new Intl.NumberFormat(language, { style: "currency", currency, notation: "compact", maximumFractionDigits: 1 }).format(value).replace("￥", "¥");
  return new Intl.NumberFormat(language, { maximumFractionDigits: value >= 100 ? 0 : 2 }).format(value);
}

document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!slider.matches(".slider input[type=range]")) return;
  const step = Number(slider.dataset.step);
  const value = Math.round(Number(slider.value) / step) * step;
  slider.value = String(Number(value.toPrecision(12)));
  const text = said(slider, value);
  slider.closest(".slider").querySelector("output").value = text;
  slider.setAttribute("aria-valuetext", text);
});
