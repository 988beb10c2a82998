// The report's live charts: values under the pointer or the arrow keys, series switched on and off, a logarithm of y. All
// drawing is Chart.js'; where this script does not run, the still pictures stay.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const faded = (hex, alpha) => hex + Math.round(alpha * 255).toString(16).padStart(2, "0");

  function setThousands(text) {
    const [whole, part] = text.split(".");
    const parted = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
    return part === undefined ? parted : parted + "." + part;
  }
  function shown(value, digits = 4) {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e7 || size < 1e-4)) {
      const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
      const raised = String(Number(exponent)).replace(/-/, "⁻").replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]);
      const short = String(Number(mantissa)).replace("-", "−");
      return (short === "1" ? "10" : short + "×10") + raised;
    }
    const plain = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
    return (value < 0 ? "−" : "") + setThousands(plain.replace("-", ""));
  }

  // --- what a chart is made of -------------------------------------------------------------------------------------

  const points = (layer) => layer.x.map((x, i) => ({ x, y: layer.y[i] === null ? NaN : layer.y[i] }));
  const dash = (series) => (data.dashes[series % data.dashes.length] || "").split(" ").filter(Boolean).map(Number);

  function lineSet(layer, colour) {
    return {
      type: "line", data: points(layer), borderColor: layer.faint ? faded(colour, 0.55) : colour,
      borderWidth: layer.faint ? 1 : 1.75, borderDash: dash(layer.series), pointRadius: layer.dots ? 2.5 : 0,
      pointBackgroundColor: colour, pointBorderWidth: 0, borderJoinStyle: "round", order: layer.faint ? 2 : 1,
    };
  }
  function pointSet(layer, colour) {
    return { type: "scatter", data: points(layer), backgroundColor: faded(colour, 0.45), pointRadius: 2.5, borderWidth: 0 };
  }
  // Bars over a scale of numbers: a line with steps, filled down to 0.
  function barSet(layer, colour) {
    const steps = layer.edges.map((x, i) => ({ x, y: layer.y[Math.min(i, layer.y.length - 1)] }));
    return {
      type: "line", data: steps, stepped: "before", borderColor: colour, borderWidth: 1,
      backgroundColor: faded(colour, 0.7), fill: "origin", pointRadius: 0,
    };
  }
  const makers = { line: lineSet, points: pointSet, bars: barSet };

  function dataSets(chart) {
    return chart.layers.filter((layer) => layer.kind !== "guide").map((layer) => ({
      ...makers[layer.kind](layer, css("series-" + (layer.series % data.dashes.length))),
      label: layer.name, layer, parsing: false, clip: 4,
    }));
  }

  // --- axes ----------------------------------------------------------------------------------------------------------

  function tickText(value) {
    if (this.type !== "logarithmic") return shown(value, 6);
    const mantissa = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
    const decades = Math.log10(this.max / this.min);
    const wanted = decades > 2.5 ? [1] : [1, 2, 5];
    return wanted.some((m) => Math.abs(m - mantissa) < 1e-6) ? shown(value, 3) : null;
  }

  function axis(spec, horizontal, logarithmic) {
    const bounds = logarithmic ? {} : { min: spec.low, max: spec.high };
    return {
      type: logarithmic ? "logarithmic" : "linear", ...bounds,
      title: { display: horizontal && spec.label !== "", text: spec.label, align: "end", color: css("muted"), padding: 2 },
      border: { display: false },
      grid: {
        display: true, drawOnChartArea: !horizontal, color: horizontal ? css("axis") : css("grid"),
        drawTicks: horizontal, tickLength: horizontal ? 4 : 0, drawBorder: horizontal, borderColor: css("axis"),
      },
      ticks: { color: css("muted"), maxTicksLimit: horizontal ? 8 : 6, includeBounds: false, padding: horizontal ? 2 : 8, maxRotation: 0, callback: tickText },
    };
  }

  // --- the reader's place --------------------------------------------------------------------------------------------

  const live = [];    // {chart, spec, place, values}

  function nearest(set, x) {
    let best = null;
    for (const point of set.data) {
      if (Number.isNaN(point.y)) continue;
      if (best === null || Math.abs(point.x - x) < Math.abs(best.x - x)) best = point;
    }
    return best;
  }
  function barUnder(layer, x) {
    const i = layer.edges.findIndex((edge, k) => x >= edge && x < layer.edges[k + 1]);
    return i < 0 ? "–" : `${shown(layer.edges[i])} to ${shown(layer.edges[i + 1])}: ${shown(layer.y[i])}`;
  }
  function showPlace(entry, x) {
    entry.x = x;
    entry.values.forEach((output, i) => {
      const set = entry.chart.data.datasets[i];
      if (x === null) output.textContent = "";
      else if (set.layer.kind === "bars") output.textContent = barUnder(set.layer, x);
      else output.textContent = shown(nearest(set, x)?.y);
    });
    entry.place.textContent = x === null ? "" : `${entry.spec.x.label} ${shown(entry.spec.cursor ? Math.round(x) : x)}`;
    entry.chart.draw();
  }
  function moveCursor(entry, x) {
    for (const other of live) {
      if (other === entry || (entry.spec.cursor && other.spec.cursor === entry.spec.cursor)) showPlace(other, x);
    }
  }
  function moveByKey(entry, event) {
    const { min, max } = entry.chart.scales.x;
    const step = (max - min) / (event.shiftKey ? 10 : 100);
    const from = entry.x ?? min;
    const moves = { ArrowLeft: from - step, ArrowRight: from + step, Home: min, End: max };
    if (event.key === "Escape") moveCursor(entry, null);
    if (!(event.key in moves)) return;
    event.preventDefault();
    moveCursor(entry, Math.min(max, Math.max(min, moves[event.key])));
  }

  function shortened(ctx, text, room) {
    if (ctx.measureText(text).width <= room) return text;
    let short = text;
    while (short.length > 1 && ctx.measureText(short + "…").width > room) short = short.slice(0, -1);
    return short.trimEnd() + "…";
  }

  // Guides and the reader's place, drawn over the chart.
  const overlay = {
    id: "overlay",
    afterDatasetsDraw(chart) {
      const entry = live.find((other) => other.chart === chart);
      const { ctx, chartArea: area, scales } = chart;
      const across = (value, style, dashes) => {
        const x = scales.x.getPixelForValue(value);
        if (x < area.left - 1 || x > area.right + 1) return null;
        ctx.save();
        ctx.strokeStyle = style;
        ctx.setLineDash(dashes);
        ctx.beginPath();
        ctx.moveTo(x, area.top);
        ctx.lineTo(x, area.bottom);
        ctx.stroke();
        ctx.restore();
        return x;
      };
      const guides = chart.spec?.layers.filter((layer) => layer.kind === "guide" && layer.vertical) ?? [];
      guides.forEach((guide, i) => {
        const x = across(guide.at, css("axis"), [3, 3]);
        if (x === null || !guide.text) return;
        ctx.font = `12px ${css("fonts")}`;
        const left = x - area.left > area.right - x && x + ctx.measureText(guide.text).width + 8 > area.right;
        const room = (left ? x - area.left : area.right - x) - 8;
        ctx.fillStyle = css("ink");
        ctx.textAlign = left ? "right" : "left";
        ctx.fillText(shortened(ctx, guide.text, room), x + (left ? -5 : 5), area.top + 10 + 14 * (i % 5));
      });
      if (entry && entry.x !== null && entry.x !== undefined) across(entry.x, css("ink"), []);
    },
  };

  // --- the element around a chart ------------------------------------------------------------------------------------

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }
  function sample(layer) {
    const colour = `var(--series-${layer.series % data.dashes.length})`;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("width", 22);
    svg.setAttribute("height", 8);
    svg.setAttribute("aria-hidden", "true");
    svg.innerHTML = layer.kind === "line"
      ? `<path d="M1,4h20" fill="none" stroke="${colour}" stroke-width="${layer.faint ? 1 : 2}" stroke-dasharray="${dash(layer.series).join(" ")}"/>`
      : `<circle cx="11" cy="4" r="3.5" fill="${colour}"/>`;
    return svg;
  }
  function legend(entry) {
    const box = element("span", { class: "legend" });
    entry.values = entry.chart.data.datasets.map((set, i) => {
      const value = element("b", {});
      if (set.label === "") {    // the chart's only series: the caption names it
        box.append(value);
        return value;
      }
      const button = element("button", { type: "button", "aria-pressed": "true" }, sample(set.layer), set.label, value);
      button.addEventListener("click", () => {
        const visible = !entry.chart.isDatasetVisible(i);
        entry.chart.setDatasetVisibility(i, visible);
        button.setAttribute("aria-pressed", String(visible));
        entry.chart.update();
      });
      box.append(button);
      return value;
    });
    return box;
  }
  function logSwitch(entry) {
    const button = element("button", { type: "button", class: "log", "aria-pressed": "false" }, "log");
    button.title = "Logarithmic scale";
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      entry.chart.options.scales.y = axis(entry.spec.y, false, on);
      entry.chart.update();
    });
    return button;
  }

  function build(spec) {
    const figure = document.getElementById(spec.id);
    const caption = figure.querySelector("figcaption");
    const label = caption.textContent.trim() + ". Arrow keys move through the values.";
    const canvas = element("canvas", { tabindex: "0", role: "img", "aria-label": label });
    figure.querySelector(".live").append(canvas);
    const chart = new Chart(canvas, {
      data: { datasets: dataSets(spec) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, events: [], layout: { padding: { right: 8, top: 4 } },
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
        scales: { x: axis(spec.x, true, spec.x.log), y: axis(spec.y, false, spec.y.log) },
      },
      plugins: [overlay],
    });
    chart.spec = spec;
    const entry = { chart, spec, x: null, place: element("output", { class: "place" }) };
    caption.append(legend(entry));
    caption.append(entry.place);
    if (spec.logSwitch) caption.append(logSwitch(entry));
    live.push(entry);
    canvas.addEventListener("pointermove", (event) => {
      const x = chart.scales.x.getValueForPixel(event.offsetX);
      moveCursor(entry, Math.min(chart.scales.x.max, Math.max(chart.scales.x.min, x)));
    });
    canvas.addEventListener("pointerleave", () => moveCursor(entry, null));
    canvas.addEventListener("blur", () => moveCursor(entry, null));
    canvas.addEventListener("keydown", (event) => moveByKey(entry, event));
    chart.draw();
  }

  function recolour() {
    for (const { chart, spec } of live) {
      const logarithmic = chart.options.scales.y.type === "logarithmic";
      const colours = dataSets(spec);
      chart.data.datasets.forEach((set, i) => Object.assign(set, colours[i]));
      chart.options.scales = { x: axis(spec.x, true, spec.x.log), y: axis(spec.y, false, logarithmic) };
      chart.update();
    }
  }

  // --- tables and the command ----------------------------------------------------------------------------------------

  function readConfusion(table) {
    const output = table.querySelector("output");
    const columns = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent);
    table.addEventListener("pointerover", (event) => {
      table.querySelector(".at")?.classList.remove("at");
      const cell = event.target.closest("tbody td");
      if (!cell) return void (output.textContent = "");
      cell.classList.add("at");
      const share = Number(getComputedStyle(cell).getPropertyValue("--share")) * 100;
      const truth = cell.parentElement.querySelector("th").textContent;
      const count = cell.classList.contains("none") ? "0" : cell.textContent;
      output.textContent = `${truth} taken for ${columns[cell.cellIndex - 1]}: ${count} (${share.toFixed(1)} %)`;
    });
  }
  function makeSortable(table) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = (row) => row.cells[column].textContent.replace(/\u202f/g, "");
      const compare = (a, b) => {
        const [p, q] = [key(a), key(b)];
        const order = Number.isNaN(Number(p) - Number(q)) ? p.localeCompare(q) : Number(p) - Number(q);
        return down ? -order : order;
      };
      body.append(...[...body.rows].sort(compare));
    }));
  }
  function offerCopy(box) {
    if (!navigator.clipboard) return;
    const button = element("button", { type: "button" }, "copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(box.querySelector("code").textContent);
      button.textContent = "copied";
    });
    box.append(button);
  }

  if (window.Chart) {
    Chart.defaults.font.family = css("fonts");
    Chart.defaults.font.size = 12;
    data.charts.forEach(build);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  }
  document.querySelectorAll(".confusion").forEach(readConfusion);
  document.querySelectorAll(".sortable").forEach(makeSortable);
  document.querySelectorAll(".command").forEach(offerCopy);
})();
