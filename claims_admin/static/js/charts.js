// Draws every [data-chart-url]. The endpoint answers
//   {"labels": ["1月", …], "series": [{"name": "报案", "values": [1, …]}], "unit": "件", "links": ["/…", …] (optional)}
// The same numbers stand beside the picture as a table, for readers, printers and screen readers.
(() => {
  "use strict";
  const PALETTE = { light: ["#1f5fbf", "#d08700", "#1a7f4b", "#7a4fb5", "#b3261e", "#4a8fa8"], dark: ["#82b1f7", "#e0a63c", "#5cc993", "#b99aeb", "#f0867d", "#7cc0d8"] };
  const drawn = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const isDark = () => document.documentElement.getAttribute("data-bs-theme") === "dark";
  const written = (value) => (value === null || value === undefined ? "—" : Number(value).toLocaleString("zh-CN", { maximumFractionDigits: 2 }));

  const axis = () => ({ axisLine: { lineStyle: { color: token("--line") } }, axisLabel: { color: token("--ink-soft") }, splitLine: { lineStyle: { color: token("--line") } } });
  const seriesOf = (data, kind) => data.series.map((series) => ({
    name: series.name,
    type: kind === "line" ? "line" : "bar",
    stack: kind === "stacked" ? "all" : undefined,
    data: series.values,
    barMaxWidth: 28,
    symbolSize: 5,
  }));
  const optionOf = (data, kind) => ({
    color: PALETTE[isDark() ? "dark" : "light"],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    animation: false,
    grid: { left: 8, right: 12, top: data.series.length > 1 ? 40 : 32, bottom: 4, containLabel: true },
    legend: { show: data.series.length > 1, top: 0, right: 0, textStyle: { color: token("--ink") } },
    tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: kind === "line" ? "line" : "shadow" }, valueFormatter: (value) => `${written(value)} ${data.unit || ""}` },
    xAxis: { type: "category", data: data.labels, ...axis() },
    yAxis: { type: "value", name: data.unit || "", nameTextStyle: { color: token("--ink-soft"), align: "left" }, ...axis() },
    series: seriesOf(data, kind),
  });

  const cell = (tag, text, css) => Object.assign(document.createElement(tag), { textContent: text, className: css || "" });
  const labelCell = (data, index) => {
    const place = document.createElement("th");
    place.scope = "row";
    const link = data.links?.[index];
    place.append(link ? Object.assign(document.createElement("a"), { href: link, textContent: data.labels[index] }) : data.labels[index]);
    return place;
  };
  const tableOf = (data) => {
    const table = Object.assign(document.createElement("table"), { className: "table table-dense" });
    const head = table.createTHead().insertRow();
    head.append(cell("th", data.label || ""), ...data.series.map((series) => cell("th", series.name, "text-end")));
    const body = table.createTBody();
    data.labels.forEach((_, index) => {
      const values = data.series.map((series) => cell("td", written(series.values[index]), data.unit === "元" ? "money" : "number text-end"));
      body.insertRow().append(labelCell(data, index), ...values);
    });
    return table;
  };

  const draw = async (figure) => {
    if (drawn.has(figure)) return;
    drawn.set(figure, null);
    const canvas = figure.querySelector(".chart__canvas");
    try {
      const answer = await fetch(figure.dataset.chartUrl, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      const place = figure.querySelector(".chart__table");
      if (!data.labels.length) {
        canvas.replaceChildren(cell("p", "这一期还没有数据", "empty-line"));
        return;
      }
      place?.replaceChildren(tableOf(data));
      const chart = window.echarts.init(canvas);
      chart.setOption(optionOf(data, figure.dataset.chartKind));
      if (data.links) chart.on("click", (point) => data.links[point.dataIndex] && window.location.assign(data.links[point.dataIndex]));
      new ResizeObserver(() => chart.resize()).observe(canvas);
      drawn.set(figure, { chart, data });
    } catch {
      drawn.delete(figure);
      canvas.replaceChildren(cell("p", "图表没有取到数据，请刷新重试", "chart__failed"));
    }
  };
  const drawAll = (root) => root.querySelectorAll("[data-chart-url]").forEach(draw);
  document.addEventListener("theme:changed", () => drawn.forEach((known, figure) => known && known.chart.setOption(optionOf(known.data, figure.dataset.chartKind))));
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => drawAll(document));
})();
