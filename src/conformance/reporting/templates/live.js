// Keeps the page as the server last rendered it. Without it a reload shows the same.
"use strict";
(() => {
  const body = document.body;
  const line = document.getElementById("line");
  const said = document.getElementById("said");
  let since = body.dataset.since;
  let silence = 0;

  const connection = (words) => {
    line.hidden = false;
    line.textContent = words;
  };

  // A reader hears one sentence a change; of a burst the last few.
  const spoken = [];
  const speak = (sentence) => {
    if (!sentence || spoken.at(-1) === sentence) return;
    spoken.push(sentence);
    if (spoken.length > 4) spoken.shift();
    clearTimeout(silence);
    silence = setTimeout(() => {
      said.textContent = spoken.join(". ");
      spoken.length = 0;
    }, 300);
  };

  // The server tells moments in UTC: whoever reads them has a clock of his own.
  const clock = new Intl.DateTimeFormat(body.dataset.lang, { timeStyle: "medium", hourCycle: "h23" });
  const tell = (time) => {
    const at = new Date(time.dateTime);
    const left = Math.max(0, Math.ceil((at - Date.now()) / 1000));
    time.textContent = time.className === "left" ? `${clock.format(at)} (${left} s)` : clock.format(at);
  };
  const clocks = (within) => within.querySelectorAll("time").forEach(tell);
  clocks(body);
  setInterval(() => document.querySelectorAll("time.left").forEach(tell), 1000);

  const hands = new Set();
  document.addEventListener("click", (event) => {
    const summary = event.target.closest("summary");
    if (summary) hands.add(summary.parentElement.id);
  });

  const put = ({ id, list, html }) => {
    const made = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    const old = document.getElementById(id);
    if (!made) {
      old?.remove();
      return;
    }
    const fresh = document.importNode(made, true);
    clocks(fresh);
    if (old) {
      // What the reader opened or folded stays so; what nobody touched is as the server says.
      const touched = [...old.querySelectorAll("details")].filter((each) => hands.has(each.id));
      const states = touched.map((each) => [each.id, each.open]);
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      const place = focused && (focused.id || focused.closest("[id]").id);
      old.replaceWith(fresh);
      for (const [each, open] of states) document.getElementById(each)?.toggleAttribute("open", open);
      if (place) {
        const again = document.getElementById(place);
        (again?.querySelector(":scope > summary") ?? again)?.focus({ preventScroll: true });
      }
    } else if (list) {
      document.getElementById(list).prepend(fresh);
      document.getElementById("none").hidden = true;
    }
    fresh.classList.add("fresh");
    speak(fresh.dataset.say);
  };

  const source = () => new EventSource(`/events?lang=${body.dataset.lang}&since=${since}`);
  let stream = source();
  const listen = () => {
    stream.addEventListener("open", () => connection(body.dataset.live));
    stream.addEventListener("part", (event) => put(JSON.parse(event.data)));
    stream.addEventListener("mark", (event) => {
      since = event.data;
    });
    stream.addEventListener("over", () => {
      stream.close();
      connection(body.dataset.ended);
    });
    stream.addEventListener("error", () => {
      connection(body.dataset.lost);
      // The browser tries again by itself unless it was refused.
      if (stream.readyState === EventSource.CLOSED) {
        setTimeout(() => {
          stream = source();
          listen();
        }, 1000);
      }
    });
  };
  listen();

  document.addEventListener("submit", (event) => {
    // Where no stream tells what became of it, the browser loads the page anew.
    if (stream.readyState !== EventSource.OPEN) return;
    event.preventDefault();
    const form = event.target;
    const sent = new URLSearchParams([[event.submitter.name, event.submitter.value]]);
    fetch(form.action, { method: "POST", body: sent, redirect: "manual" });
  });
})();
