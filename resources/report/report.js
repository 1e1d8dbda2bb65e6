"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const sound = document.getElementById("sound");
  const canvas = document.getElementById("timeline");
  const range = document.getElementById("position");
  const clock = document.getElementById("clock");
  const there = document.getElementById("there");
  const length = Math.max(data.length, 0.001);
  let now = 0;

  const worded = (s) => {
    const whole = Math.max(0, s), minutes = Math.floor(whole / 60);
    return minutes + ":" + (whole - 60 * minutes).toFixed(2).padStart(5, "0");
  };
  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const named = {};
    for (const name of ["text", "muted", "accent", "rec", "raised", "user"]) {
      named[name] = style.getPropertyValue("--" + name).trim();
    }
    return named;
  };

  function draw() {
    const width = canvas.clientWidth, height = canvas.clientHeight, scale = window.devicePixelRatio || 1;
    if (!width) return;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d"), c = colours();
    const x = (s) => s / length * width;
    const lane = (height - 32) / 2;
    pen.scale(scale, scale);
    pen.font = "11px system-ui, sans-serif";
    [["sent", c.rec], ["received", c.accent]].forEach(([side, colour], row) => {
      const middle = 8 + lane * (row + 0.5);
      for (const one of data.stretches) {
        if (one.side !== side) continue;
        const heard = one.heard === null ? one.end : one.heard;
        pen.fillStyle = c.raised;
        pen.fillRect(x(one.begin), middle - lane / 2 + 3, Math.max(1, x(one.end) - x(one.begin)), lane - 6);
        pen.fillStyle = colour;
        pen.fillRect(x(one.begin), middle + lane / 2 - 5, Math.max(1, x(heard) - x(one.begin)), 2);
      }
      const peaks = data.peaks ? data.peaks[row] : [];
      pen.fillStyle = colour;
      for (let at = 0; at < width && peaks.length; at += 1) {
        const first = Math.floor(at / width * length * data.a_second);
        const last = Math.max(first + 1, Math.floor((at + 1) / width * length * data.a_second));
        let loud = 0;
        for (let i = first; i < last && i < peaks.length; i += 1) loud = Math.max(loud, peaks[i]);
        const half = Math.sqrt(loud / 100) * (lane / 2 - 6);
        if (loud) pen.fillRect(at, middle - half, 1, 2 * half);
      }
      pen.fillStyle = c.muted;
      pen.fillText(row ? "assistant" : "you", 6, middle - lane / 2 + 14);
    });
    pen.fillStyle = c.muted;
    for (const mark of data.marks) pen.fillRect(x(mark[0]), height - 20, 1, 6);
    for (const tool of data.tools) {
      pen.fillRect(x(tool[0]), height - 12, Math.max(2, x(tool[1]) - x(tool[0])), 4);
    }
    pen.fillStyle = c.text;
    pen.fillRect(Math.min(x(now), width - 2), 0, 2, height);
  }

  function show(at) {
    now = Math.min(Math.max(at, 0), length);
    range.value = String(now);
    range.setAttribute("aria-valuetext", worded(now));
    clock.textContent = worded(now) + " of " + worded(length);
    let last = null;
    for (const mark of data.marks) if (mark[0] <= now + 0.001) last = mark;
    there.textContent = last ? worded(last[0]) + "  " + last[1] : "";
    draw();
  }
  function go(at) {
    show(at);
    if (sound && Number.isFinite(sound.duration)) sound.currentTime = Math.min(now, sound.duration);
  }
  function follow() {
    show(sound.currentTime);
    if (!sound.paused) requestAnimationFrame(follow);
  }
  const pointed = (event) => go((event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth * length);
  let held = false;
  canvas.addEventListener("pointerdown", (event) => {
    held = true;
    canvas.setPointerCapture(event.pointerId);
    pointed(event);
  });
  canvas.addEventListener("pointermove", (event) => { if (held) pointed(event); });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { held = false; });
  range.max = String(length);
  range.addEventListener("input", () => go(Number(range.value)));
  for (const button of document.querySelectorAll("button.at")) {
    button.addEventListener("click", () => go(Number(button.dataset.at)));
  }
  if (sound) {
    sound.addEventListener("play", follow);
    sound.addEventListener("seeked", () => show(sound.currentTime));
  }
  window.addEventListener("resize", draw);
  window.addEventListener("beforeprint", draw);
  matchMedia("print").addEventListener("change", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  const body = document.getElementById("frames");
  const find = document.getElementById("find");
  const pages = document.getElementById("pages");
  const PAGE = 200;
  let page = 0;
  function cell(row, text, kind) {
    const made = row.insertCell();
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }
  function list() {
    const wanted = find.value.trim().toLowerCase();
    const found = data.frames.filter((one) => !wanted || (one[2] + " " + one[5]).toLowerCase().includes(wanted));
    const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
    page = Math.min(Math.max(page, 0), last);
    body.replaceChildren();
    for (const [at, direction, type, size, count, text] of found.slice(page * PAGE, (page + 1) * PAGE)) {
      const row = body.insertRow();
      const jump = document.createElement("button");
      jump.className = "at";
      jump.textContent = worded(at);
      jump.addEventListener("click", () => go(at));
      row.insertCell().append(jump);
      cell(row, direction === "out" ? "→" : "←");
      const what = cell(row, "");
      if (text) {
        const detail = document.createElement("details"), name = document.createElement("summary");
        const raw = document.createElement("pre");
        name.textContent = type;
        raw.textContent = text;
        detail.append(name, raw);
        what.append(detail);
      } else {
        what.textContent = type + (count > 1 ? " ×" + count : "");
      }
      cell(row, String(size), "number");
    }
    pages.textContent = found.length + " rows, page " + (page + 1) + " of " + (last + 1);
  }
  find.addEventListener("input", () => { page = 0; list(); });
  document.getElementById("earlier").addEventListener("click", () => { page -= 1; list(); });
  document.getElementById("later").addEventListener("click", () => { page += 1; list(); });
  list();
  show(0);
  document.documentElement.dataset.ready = "yes";
})();
