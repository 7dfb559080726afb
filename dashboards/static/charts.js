// Draws each element with data-chart by the figure in the JSON beside it.
// Where a figure has a colour, a text such as "--series-1" stands for that of the style sheet.
"use strict";

const COLOURED = /color/; // As in color, colorscale, zerolinecolor.

function colours(part, style, key = "") {
  if (Array.isArray(part)) return part.map((each) => colours(each, style, key));
  if (part !== null && typeof part === "object") {
    return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, colours(each, style, name)]));
  }
  const named = typeof part === "string" && part.startsWith("--") && COLOURED.test(key);
  return named ? style.getPropertyValue(part).trim() : part;
}

function draw(place) {
  const style = getComputedStyle(document.documentElement);
  const figure = colours(JSON.parse(document.getElementById(place.dataset.chart).textContent), style);
  const axis = { gridcolor: style.getPropertyValue("--line").trim(), zeroline: false, automargin: true };
  const layout = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "system-ui, sans-serif", size: 12, color: style.getPropertyValue("--ink").trim() },
    margin: { l: 48, r: 12, t: 12, b: 44 },
    ...figure.layout,
  };
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis/.test(key)).concat("xaxis", "yaxis")) {
    layout[name] = { ...axis, ...layout[name] };
    layout[name].title = { standoff: 10, ...layout[name].title };
  }
  place.replaceChildren();
  place.style.height = `${layout.height || 360}px`;
  Plotly.newPlot(place, figure.data, layout, { displayModeBar: false, responsive: true });
}

function drawAll() {
  document.querySelectorAll("[data-chart]").forEach((place) => {
    try {
      draw(place);
    } catch (error) {
      place.textContent = "This could not be drawn; the tables hold the same numbers.";
      console.error(error);
    }
  });
}

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
