// A cursor over the price history, by pointer and by arrow keys, and its prices in words.
//
// The server has drawn the chart already. Where TradingView's Lightweight Charts is installed, it draws instead and
// adds zooming; the cursor, its words and the table stay the same.

const DAY = 86_400_000;
const MOST_DAYS = 800; // beyond, the library gets every n-th day
const SVG = "http://www.w3.org/2000/svg";
const LINE_STYLES = [0, 2, 1, 3, 4, 2]; // solid, dashed, dotted, … as .line-1 to .line-6 in parts.css

const toTime = (iso) => Date.parse(`${iso}T00:00:00Z`);
const toIso = (time) => new Date(time).toISOString().slice(0, 10);
const inWords = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** The price that held on a day: the last point's up to it; undefined before the first, null where unknown. */
function priceOn(points, iso) {
  return points.findLast(([day]) => day <= iso)?.[1];
}

function moneyFormat(currency) {
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency });
  const minor = 10 ** format.resolvedOptions().maximumFractionDigits;
  return (amount) => (amount == null ? "–" : format.format(amount / minor));
}

class History {
  constructor(figure) {
    this.stage = figure.querySelector(".stage");
    this.plot = figure.querySelector(".plot");
    const { currency, since, until, lines, marks } = JSON.parse(figure.querySelector(".chart-data").textContent);
    Object.assign(this, { since: toTime(since), until: toTime(until), lines, money: moneyFormat(currency) });
    this.marks = marks ?? { level: null, days: [] };
    this.days = Math.max(1, Math.round((this.until - this.since) / DAY));
    this.readout = document.createElement("p");
    this.readout.className = "readout";
    this.readout.ariaHidden = "true"; // the slider speaks the same words
    this.stage.after(this.readout);
    this.becomeSlider();
    if ("library" in figure.dataset && window.LightweightCharts) this.useLibrary();
    else this.usePlot();
    this.move(this.days);
  }

  becomeSlider() {
    const { stage } = this;
    Object.assign(stage, { role: "slider", tabIndex: 0, ariaLabel: this.plot.querySelector("title").textContent });
    Object.assign(stage, { ariaValueMin: "0", ariaValueMax: String(this.days) });
    stage.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -30, PageUp: 30 }[event.key];
      const to = { Home: 0, End: this.days }[event.key] ?? (step ? this.day + step : undefined);
      if (to === undefined) return;
      event.preventDefault();
      this.move(to);
      this.drawCursor();
    });
  }

  move(day) {
    this.day = Math.min(this.days, Math.max(0, day));
    const time = this.since + this.day * DAY;
    const iso = toIso(time);
    const prices = this.lines.map(({ name, points }) => [name, this.money(priceOn(points, iso))]);
    this.stage.ariaValueNow = String(this.day);
    this.stage.ariaValueText = [inWords.format(time), ...prices.map((pair) => pair.join(" "))].join(", ");
    this.readout.replaceChildren(inWords.format(time), ...prices.map(([name, price]) => {
      const part = document.createElement("span");
      const amount = document.createElement("b");
      amount.textContent = price;
      part.append(`${name} `, amount);
      return part;
    }));
  }

  usePlot() {
    this.cursor = document.createElementNS(SVG, "line");
    this.cursor.setAttribute("class", "cursor");
    this.cursor.setAttribute("y1", "4%");
    this.cursor.setAttribute("y2", "88%");
    this.drawCursor = () => {
      const at = `${(100 * this.day) / this.days}%`;
      this.cursor.setAttribute("x1", at);
      this.cursor.setAttribute("x2", at);
      this.plot.append(this.cursor);
    };
    this.plot.addEventListener("pointermove", (event) => {
      const box = this.plot.getBoundingClientRect();
      this.move(Math.round(((event.clientX - box.left) / box.width) * this.days));
      this.drawCursor();
    });
  }

  useLibrary() {
    const canvas = document.createElement("div");
    canvas.className = "canvas";
    this.stage.prepend(canvas);
    const chart = LightweightCharts.createChart(canvas, { autoSize: true, ...this.look() });
    const series = this.lines.map((line, place) => chart.addSeries(LightweightCharts.LineSeries, this.lineLook(place)));
    series.forEach((one, place) => one.setData(this.daily(this.lines[place].points)));
    chart.timeScale().fitContent();
    const recolourMarks = this.mark(series[0]);
    chart.subscribeCrosshairMove(({ time }) => time && this.move(Math.round((toTime(time) - this.since) / DAY)));
    this.drawCursor = () => {
      const iso = toIso(this.since + this.day * DAY);
      const amount = priceOn(this.lines[0].points, iso);
      if (amount != null) chart.setCrosshairPosition(amount / 100, iso, series[0]);
    };
    const recolour = () => {
      chart.applyOptions(this.look());
      series.forEach((one, place) => one.applyOptions(this.lineLook(place)));
      recolourMarks();
    };
    new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  }

  /** Draws the level and the marked days over the first line; returns what gives them the colours of a new theme. */
  mark(series) {
    const { level, days } = this.marks;
    const amount = level === null ? null : level / 100;
    const fit = (range) => ({ minValue: Math.min(range.minValue, amount), maxValue: Math.max(range.maxValue, amount) });
    const autoscaleInfoProvider = (usual) => {
      const info = usual();
      return info && amount !== null ? { ...info, priceRange: fit(info.priceRange) } : info;
    };
    series.applyOptions({ autoscaleInfoProvider });
    const line = amount === null ? null : series.createPriceLine({ price: amount, lineStyle: 2, lineWidth: 2 });
    const dots = LightweightCharts.createSeriesMarkers(series, []);
    const recolour = () => {
      const color = this.colour("fire");
      line?.applyOptions({ color, axisLabelColor: color });
      dots.setMarkers(days.map((time) => ({ time, position: "inBar", shape: "circle", color })));
    };
    recolour();
    return recolour;
  }

  /** Lightweight Charts spaces points evenly, so it gets one for every day. An unknown price is drawn in no colour. */
  daily(points) {
    const step = Math.ceil(this.days / MOST_DAYS);
    const found = [];
    let last;
    for (let day = 0; day <= this.days; day += step) {
      const time = toIso(this.since + day * DAY);
      const amount = priceOn(points, time);
      if (amount === undefined || (amount === null && last === undefined)) found.push({ time });
      else if (amount === null) found.push({ time, value: last, color: "transparent" });
      else found.push({ time, value: (last = amount / 100) });
    }
    return found;
  }

  /** A colour of the style sheet as this theme resolves it. */
  colour(name) {
    this.stage.style.caretColor = `var(--${name})`;
    return getComputedStyle(this.stage).caretColor;
  }

  look() {
    return {
      layout: { attributionLogo: false, background: { color: "transparent" }, textColor: this.colour("soft") },
      grid: { vertLines: { visible: false }, horzLines: { color: this.colour("line") } },
      rightPriceScale: { borderVisible: false },
      timeScale: { borderVisible: false, minBarSpacing: 0.1, fixLeftEdge: true, fixRightEdge: true },
      handleScroll: { mouseWheel: false },
      localization: { priceFormatter: (value) => this.money(Math.round(value * 100)) },
    };
  }

  lineLook(place) {
    return {
      color: this.colour(`line-${place + 1}`),
      lineStyle: LINE_STYLES[place],
      lineWidth: 2,
      lineType: 1, // steps
      priceLineVisible: false,
      lastValueVisible: false,
    };
  }
}

function start(root) {
  for (const figure of root.querySelectorAll(".chart:not([data-started])")) {
    figure.dataset.started = "";
    new History(figure);
  }
}

start(document);
document.addEventListener("htmx:load", () => start(document));
