// Draws what the stream tells. Every text of the application goes into the page as text, never as markup.

const ROOT = "/_plugins";
const MOST_EVENTS = 1000;

const byId = (id) => document.getElementById(id);
const app = { description: null, settings: null, token: "", hooks: new Map(), chosen: null };
const events = { list: [], waiting: [], last: null, missed: 0, paused: false };

function el(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined) continue;
    if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name === "className" ? "class" : name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const units = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]];
  const [size, name] = units.find(([size]) => seconds >= size) ?? units[3];
  const value = seconds / size;
  return `${value >= 100 || name === "ns" ? value.toFixed(0) : value.toPrecision(3)} ${name}`;
}

function uptime(time) {
  if (!time) return "not started";
  const s = time.secs;
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

const clock = (millis) => {
  const at = new Date(millis);
  return `${at.toLocaleTimeString("en-GB")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
};

function state(name) {
  return el("span", { className: `state ${name}` }, name);
}

// The graph. In a shadow root, so that its style is its own; a style sheet that a script makes needs no exception from the
// policy that forbids inline styles.

const picture = byId("picture").attachShadow({ mode: "open" });
const chosenStyle = `
  svg { display: block; }
  .plugin { cursor: pointer; outline: none; }
  .plugin:focus-visible .card, .plugin.chosen .card { stroke: #0a63c9; stroke-width: 3; }
  svg.choosing .plugin:not(.near):not(.chosen) { opacity: 0.45; }
  svg.choosing [data-from]:not(.near) { opacity: 0.15; }
  @media (prefers-color-scheme: dark) {
    .plugin:focus-visible .card, .plugin.chosen .card { stroke: #6cb0ff; }
  }`;

function drawGraph(text) {
  // Texts in it are escaped, so that the first such element is the drawing's own.
  const [before, style, after] = text.split(/<style>|<\/style>/);
  const parsed = new DOMParser().parseFromString(before + after, "image/svg+xml").documentElement;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style + chosenStyle);
  const focused = picture.activeElement?.dataset.plugin;
  picture.adoptedStyleSheets = [sheet];
  picture.replaceChildren(document.adoptNode(parsed));
  for (const plugin of picture.querySelectorAll("[data-plugin]")) {
    const name = plugin.dataset.plugin;
    const [, state] = plugin.classList;
    plugin.setAttribute("role", "button");
    plugin.setAttribute("tabindex", "0");
    plugin.setAttribute("aria-label", `${name}, ${state === "absent" ? "off" : state}`);
    plugin.addEventListener("click", () => choose(app.chosen === name ? null : name));
    plugin.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(app.chosen === name ? null : name);
    });
    if (name === focused) plugin.focus();
  }
  markChosen();
}

function choose(name) {
  app.chosen = name;
  markChosen();
  drawDetails();
  for (const row of byId("plugin-rows").rows) row.classList.toggle("chosen", row.dataset.plugin === name);
}

function markChosen() {
  const root = picture.querySelector("svg");
  if (!root) return;
  root.classList.toggle("choosing", app.chosen !== null);
  const near = new Set();
  for (const tie of root.querySelectorAll("[data-from]")) {
    const { from, to } = tie.dataset;
    const is_near = from === app.chosen || to === app.chosen;
    tie.classList.toggle("near", is_near);
    if (is_near) near.add(from).add(to);
  }
  for (const plugin of root.querySelectorAll("[data-plugin]")) {
    const name = plugin.dataset.plugin;
    plugin.classList.toggle("chosen", name === app.chosen);
    plugin.classList.toggle("near", near.has(name));
    plugin.setAttribute("aria-pressed", String(name === app.chosen));
  }
}

function drawDetails() {
  const box = byId("details");
  const plugin = app.description?.plugins.find((plugin) => plugin.name === app.chosen);
  box.hidden = !plugin;
  if (!plugin) return box.replaceChildren();
  const facts = [
    ["state", state(plugin.state)],
    ["why it is in that state", plugin.reason],
    ["why it is here", plugin.why.text],
    ["may be missing", plugin.optional ? "yes: the application starts without it" : null],
    ["has injected", plugin.injects.filter((one) => one.by.length || one.service)
      .map((one) => `${one.field}: ${one.service ? `dyn ${one.service} of ` : ""}${one.by.join(", ") || "nobody"}`
        + (one.kind === "one" ? "" : ` (${one.kind})`)).join("\n")],
    ["requires", plugin.requires.join(", ")],
    ["is injected into", plugin.injected_into.join(", ")],
    ["provides", plugin.provides.join(", ")],
    ["emits", plugin.emits.join(", ")],
    ["type", el("code", {}, plugin.path)],
    ["declared at", el("code", {}, plugin.location)],
  ].filter(([, value]) => value);
  const lines = (value) => typeof value === "string" ? value.split("\n").map((line) => el("dd", {}, line)) : [el("dd", {}, value)];
  box.replaceChildren(
    el("h3", {}, `${plugin.name} ${plugin.version}`),
    el("p", { className: "hint" }, plugin.description),
    el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, name), ...lines(value)])),
  );
}

// The plugins.

function drawPlugins() {
  const { plugins, off, unlisted } = app.description;
  const whole = Math.max(...plugins.map((plugin) => plugin.ready_after ?? 0), 1e-9);
  const bar = (plugin) => {
    if (plugin.begun_after === null || plugin.initialized_in === null) return null;
    const [from, width] = [plugin.begun_after / whole * 100, Math.max(plugin.initialized_in / whole * 100, 1)];
    const chart = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "presentation" });
    chart.append(
      svg("rect", { class: "track", y: 4.5, width: 100, height: 1 }),
      svg("rect", { class: "bar", x: Math.min(from, 99), width, height: 10 }),
    );
    return chart;
  };
  const rows = plugins.map((plugin) => {
    const name = el("button", { type: "button", className: "plugin-name" }, plugin.name);
    name.addEventListener("click", () => choose(app.chosen === plugin.name ? null : plugin.name));
    const why = plugin.reason ? el("span", { className: "fault" }, plugin.reason) : plugin.why.text;
    return el("tr", { "data-plugin": plugin.name, "data-state": plugin.state, className: app.chosen === plugin.name ? "chosen" : null },
      el("th", { scope: "row" }, name, ` ${plugin.version}`, el("span", { className: "sub" }, plugin.description)),
      el("td", {}, state(plugin.state)),
      el("td", { className: "number" }, duration(plugin.begun_after)),
      el("td", { className: "span" }, bar(plugin)),
      el("td", { className: "number" }, duration(plugin.initialized_in)),
      el("td", {}, why));
  });
  const absent = (name, why) => el("tr", { className: "out", "data-plugin": name, "data-state": "off" },
    el("th", { scope: "row" }, name), el("td", {}, state("off")),
    el("td"), el("td"), el("td"), el("td", {}, why));
  byId("plugin-rows").replaceChildren(...rows,
    ...off.map((one) => absent(one.path, one.why.text)),
    ...unlisted.map((one) => absent(one.name, "linked, but not in the list of plugins")));
}

// The hooks. Rows stay as they are while numbers change, so that whoever is on a button stays there.

const hookRows = new Map();
const keyOf = (event, plugin, hook) => `${event}\n${plugin}\n${hook}`;

function drawHooks() {
  const filter = byId("hook-filter").value.trim().toLowerCase();
  const rows = [];
  hookRows.clear();
  for (const event of app.description.events) {
    const hooks = event.hooks.filter((hook) =>
      `${event.name} ${hook.plugin} ${hook.hook}`.toLowerCase().includes(filter));
    if (!hooks.length) continue;
    const kind = event.sync ? `${event.mode}, sync` : event.mode;
    rows.push(el("tr", { className: "event-name" },
      el("th", { colspan: "8", scope: "rowgroup" }, event.name, el("span", { className: "sub" }, kind))));
    for (const hook of hooks) rows.push(hookRow(event.name, hook));
  }
  byId("hook-rows").replaceChildren(...rows);
  drawNumbers();
}

function hookRow(event, hook) {
  const policies = hook.policies.map((policy) => `${policy.policy} ${policy.value}`);
  const about = [hook.because, ...policies].filter(Boolean).join(" · ");
  const numbers = ["calls", "errors", "p50", "p95", "p99", "max"].map(() => el("td", { className: "number" }));
  const became = el("td");
  const row = el("tr", { "data-event": event, "data-plugin": hook.plugin, "data-hook": hook.hook },
    el("th", { scope: "row", title: hook.location }, `${hook.plugin || "closure"} · ${hook.hook}`,
      el("span", { className: "sub" }, about)),
    ...numbers, became);
  hookRows.set(keyOf(event, hook.plugin, hook.hook), { row, numbers, became, hook });
  return row;
}

function drawNumbers() {
  for (const [key, { row, numbers, became, hook }] of hookRows) {
    const told = app.hooks.get(key);
    const errors = (told?.failed ?? 0) + (told?.ignored ?? 0);
    const texts = told
      ? [told.calls, errors, ...[told.p50, told.p95, told.p99, told.max].map(duration)]
      : [0, 0, "", "", "", ""];
    numbers.forEach((cell, at) => {
      const text = String(texts[at]);
      if (cell.textContent !== text) cell.textContent = text;
      cell.classList.toggle("zero", text === "0");
    });
    numbers[1].classList.toggle("errors", errors > 0);
    row.dataset.errors = errors;
    drawBecame(became, hook, told);
  }
}

function drawBecame(cell, hook, told) {
  const parts = [
    hook.disabled ? "taken out, since it failed too often" : null,
    told?.ended ? `${told.ended} cancelled with their events` : null,
    told?.ignored ? `${told.ignored} errors ignored` : null,
    told?.last_error ? `last error: ${told.last_error}` : null,
  ].filter(Boolean);
  const text = parts.join("\n");
  if (cell.dataset.text === text) return;
  cell.dataset.text = text;
  cell.replaceChildren(...parts.map((part) =>
    el("div", { className: part.startsWith("last error") ? "fault" : null }, part)));
  if (!hook.disabled) return;
  const button = el("button", { type: "button" }, "Enable again");
  button.setAttribute("aria-label", `Enable hook ${hook.hook} of ${hook.plugin} again`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    const problem = await order("/hooks/enable", { plugin: hook.plugin, hook: hook.hook });
    if (problem) { say("bad", problem); button.disabled = false; }
  });
  cell.append(button);
}

// The events.

function matches(record) {
  if (byId("only-errors").checked && record.kind === "emitted") return false;
  const filter = byId("event-filter").value.trim().toLowerCase();
  return !filter || JSON.stringify(record).toLowerCase().includes(filter);
}

function eventRow(record, is_new) {
  const time = el("time", { datetime: new Date(record.at).toISOString() }, clock(record.at));
  const parts = {
    emitted: () => [el("span", {}, record.event), el("span", { className: "data mono" }, record.data ?? "")],
    failed: () => [
      el("span", {}, record.event, el("span", { className: "sub" }, `${record.plugin || "closure"} · ${record.hook}`)),
      el("span", { className: "fault" }, `${record.ignored ? "ignored: " : ""}${record.error} (after ${duration(record.seconds)})`),
    ],
    reloaded: () => [el("strong", {}, record.well ? "reload" : "reload failed"), el("span", { className: record.well ? "data" : "fault" }, record.text)],
  }[record.kind]();
  const kind = record.kind === "reloaded" ? "reload" : record.kind;
  return el("li", { className: `${kind}${is_new ? " new" : ""}`, "data-number": String(record.number) },
    time, ...parts, el("span", { className: "id", title: "correlation id" }, record.correlation ?? ""));
}

function drawEvents() {
  const shown = events.list.filter(matches).map((record) => eventRow(record, false));
  byId("event-list").replaceChildren(...shown.reverse());
}

function addEvents(records) {
  const list = byId("event-list");
  events.list.push(...records);
  events.list.splice(0, events.list.length - MOST_EVENTS);
  // Those beyond the last are not worth a row.
  const rows = records.slice(-MOST_EVENTS).filter(matches).map((record) => eventRow(record, true));
  list.prepend(...rows.reverse());
  while (list.children.length > MOST_EVENTS) list.lastChild.remove();
}

let frame = false;
function heard(record) {
  events.waiting.push(record);
  if (events.waiting.length > MOST_EVENTS) events.waiting.shift();
  if (!frame) requestAnimationFrame(flush);
  frame = true;
}

function flush() {
  frame = false;
  drawHint();
  if (!events.paused) addEvents(events.waiting.splice(0));
}

function drawHint() {
  const hint = byId("missed");
  hint.classList.toggle("missing", events.missed > 0);
  const waiting = events.paused ? `Paused: ${events.waiting.length} more. ` : "";
  const missed = events.missed ? `This page was too slow, and missed ${events.missed}. ` : "";
  hint.textContent = `${waiting}${missed}The newest first.`;
}

// The settings.

let shownSettings = new Map();
function drawSettings() {
  const before = shownSettings;
  shownSettings = new Map();
  const place = ({ file, line, name }) => {
    if (!file) return el("td", { className: "place" }, name ?? "");
    const at = line ? `:${line}` : "";
    return el("td", { className: "place", title: file + at }, file.split(/[\\/]/).at(-1) + at);
  };
  const cards = app.settings.sections.map((section) => {
    const rows = section.settings.map((setting) => {
      const value = setting.value === null
        ? el("span", { className: "hidden-value" }, "not shown")
        : el("span", { className: "mono" }, typeof setting.value === "string" ? setting.value : JSON.stringify(setting.value));
      const key = `${section.name}.${setting.key}`;
      const shown = JSON.stringify(setting.value);
      const is_changed = before.size > 0 && before.get(key) !== shown;
      shownSettings.set(key, shown);
      return el("tr", { "data-setting": key, className: is_changed ? "changed" : null },
        el("th", { scope: "row" }, setting.key), el("td", {}, value), place(setting.place));
    });
    const by = section.plugin === section.name ? "" : section.plugin ?? "";
    return el("div", { className: "card" },
      el("h3", {}, section.name, el("span", {}, by)), el("table", {}, el("tbody", {}, ...rows)));
  });
  byId("setting-sections").replaceChildren(...cards);
}

// The numbers of the whole.

function drawStats(stats) {
  const tiles = [
    ["running for", uptime(stats.running_for)],
    ["plugins ready", `${stats.ready} of ${stats.plugins}`],
    ["failed", stats.failed, stats.failed > 0],
    ["disabled", stats.disabled],
    ["events with hooks", stats.events],
    ["hooks", stats.hooks],
    ["hooks taken out", stats.disabled_hooks, stats.disabled_hooks > 0],
    ["reloads", stats.failed_reloads ? `${stats.reloads}, ${stats.failed_reloads} failed` : stats.reloads],
  ];
  byId("stats").replaceChildren(...tiles.map(([name, value, is_bad]) =>
    el("div", { className: is_bad ? "bad" : null }, el("dt", {}, name), el("dd", {}, String(value)))));
}

// Orders, and what comes of them.

function say(kind, text) {
  byId("message").className = `message ${kind}`;
  byId("message").hidden = false;
  byId("message-text").textContent = text;
}

function sayReloaded({ well, text }) {
  if (well) return say("good", `Reloaded: ${text}`);
  say("bad", text.includes("\n") || text.startsWith("[PP") ? text : `Not reloaded: ${text}`);
}

/** What went wrong, or nothing. */
async function order(path, body) {
  try {
    const headers = { "X-Inspector-Token": app.token };
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(ROOT + path, { method: "POST", headers, body: body && JSON.stringify(body) });
    if (answer.ok) return null;
    const problem = await answer.json().catch(() => ({}));
    return problem.detail ?? `the application answered ${answer.status}`;
  } catch (error) {
    return `the application does not answer: ${error.message}`;
  }
}

async function reload() {
  const button = byId("reload");
  button.disabled = true;
  say("", "Reads the settings again …");
  const problem = await order("/reload");
  if (problem) say("bad", problem);
  button.disabled = false;
}

// The stream.

let stream = null;
let hold = 0;
let lost = 0;

function connection(state, text) {
  byId("connection").dataset.state = state;
  byId("connection").textContent = text;
  byId("reload").disabled = state !== "live";
}

const on = {
  hello({ last }) {
    clearTimeout(lost);
    lost = 0;
    connection("live", "live");
    // What was there before this page is no news to it; an application that was started anew counts anew.
    events.last = Math.min(events.last ?? last, last);
    Object.assign(events, { list: [], waiting: [] });
    byId("event-list").replaceChildren();
  },
  application(told) {
    Object.assign(app, told);
    byId("unwatched").hidden = told.records;
    drawPlugins();
    drawHooks();
    drawDetails();
    drawSettings();
  },
  graph: drawGraph,
  hooks(told) {
    app.hooks = new Map(told.map((one) => [keyOf(one.event, one.plugin, one.hook), one]));
    drawNumbers();
  },
  stats: drawStats,
  record(record) {
    heard(record);
    const is_news = record.number > events.last;
    events.last = Math.max(events.last, record.number);
    if (record.kind === "reloaded" && is_news) sayReloaded(record);
  },
  missed(count) {
    events.missed += count;
    drawHint();
  },
};

function open() {
  clearTimeout(hold);
  stream?.close();
  stream = new EventSource(`${ROOT}/stream`);
  for (const [name, tell] of Object.entries(on)) {
    stream.addEventListener(name, (event) => tell(JSON.parse(event.data)));
  }
  stream.addEventListener("error", () => {
    // A stream ends now and then, and the next one begins within a second: that is nothing to worry about.
    lost ||= setTimeout(() => connection("lost", "no answer, tries again"), 2000);
    // The browser tries again by itself unless it was refused.
    if (stream.readyState === EventSource.CLOSED) hold = setTimeout(open, 3000);
  });
}

byId("reload").addEventListener("click", reload);
byId("message-close").addEventListener("click", () => { byId("message").hidden = true; });
byId("hook-filter").addEventListener("input", () => { if (app.description) drawHooks(); });
byId("event-filter").addEventListener("input", drawEvents);
byId("only-errors").addEventListener("change", drawEvents);
byId("clear").addEventListener("click", () => {
  Object.assign(events, { list: [], waiting: [], missed: 0 });
  drawEvents();
  drawHint();
});
byId("pause").addEventListener("click", () => {
  events.paused = !events.paused;
  byId("pause").setAttribute("aria-pressed", String(events.paused));
  byId("pause").textContent = events.paused ? "Go on" : "Pause";
  flush();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && app.chosen) choose(null);
});
// A browser has few connections to one host: pages that nobody sees leave theirs.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stream?.close();
    clearTimeout(hold);
    clearTimeout(lost);
    lost = 0;
    connection("connecting", "waits to be seen");
  } else {
    open();
  }
});
open();
