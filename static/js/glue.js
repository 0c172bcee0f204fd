// What HTMX leaves to us: no injected styles, no headers that nobody reads, focus goes to what
// changed, a wait is shown and can be ended, a lost signal says so while every answer stays on the
// page, only answers of ours are swapped in, and where HTMX fails the page goes on by plain loads.
(function (d) {
  var config = htmx.config, note = d.getElementById("sinyal"), root = d.documentElement;
  var last, timer, pressed, broken;
  config.includeIndicatorCSS = false;
  config.defaultTimeout = 45000;
  root.className = "js";
  function on(name, act) {
    d.addEventListener("htmx:" + name, function (event) { act(event.detail.ctx, event); });
  }
  function say(words, ctx) {
    clearTimeout(timer);
    note.className = words ? "note bad" : "";
    note.textContent = words || "";
    if (!ctx) return;
    var stop = note.appendChild(d.createElement("button"));
    stop.className = "plain";
    stop.textContent = note.dataset.stop;
    stop.onclick = function () { ctx.request.abort(); };
  }
  function source(ctx) { return ctx.request.submitter || ctx.sourceElement; }
  // HTMX threw: it sees nothing more here, and the press is done again without it.
  function plainly(element, url) {
    broken = sessionStorage.polos = 1;
    root.className = "";
    say();
    setTimeout(function () {
      if (url || !element.isConnected) location.assign(url || location.href);
      else element.click();
    });
  }
  ["submit", "click", "change"].forEach(function (name) {
    d.addEventListener(name, function (event) {
      if (event.submitter) pressed = event.submitter;
      // The language button goes to another address with all that was typed: as a plain form.
      if (broken || event.submitter && pressed.id === "bahasa") event.stopImmediatePropagation();
    }, true);
  });
  on("config:request", function (ctx, event) {
    var element = ctx.sourceElement, needs = element.dataset.needs, headers = ctx.request.headers;
    delete headers["HX-Current-URL"];
    delete headers["HX-Source"];
    // A sum is asked for once all its parts are there, not at each of them.
    if (needs && [].some.call(d.querySelectorAll(needs), function (box) { return !box.value.trim(); })) {
      event.preventDefault();
      htmx.trigger(element, "htmx:abort");
      element.textContent = "";
    }
  });
  on("before:request", function (ctx) {
    last = ctx;
    ctx.until = Date.now() + config.defaultTimeout;
    source(ctx).setAttribute("aria-busy", "true");
    say();
    timer = setTimeout(function () {
      say(ctx.request.method === "GET" ? note.dataset.load : note.dataset.send, ctx);
    }, 2000);
  });
  // A page of a proxy or of a Wi-Fi's login bears no mark of ours.
  on("before:response", function (ctx, event) {
    if (!/HX-Request/i.test(ctx.response.headers.get("Vary"))) event.preventDefault();
  });
  on("finally:request", function (ctx) {
    var from = source(ctx), request = ctx.request;
    if (ctx === last || from !== source(last)) from.removeAttribute("aria-busy");
    setTimeout(function () { if (d.activeElement === d.body) from.focus({ preventScroll: true }); });
    if (ctx === last) say();
    if (ctx.text == null) {
      // Replaced by a newer choice or stopped by the person is not lost; too late is.
      if (!request.signal.aborted || Date.now() >= ctx.until) say(note.dataset.lost);
    } else if (/^error/.test(ctx.status)) {
      plainly(from, ctx.hx.pushurl || request.method === "GET" && ctx.target.id === "isi" && request.action);
    }
  });
  on("error", function (ctx, event) {
    if (!ctx) plainly(event.target.matches("form") && pressed || event.target);
  });
  // Back and forward ask for the part like any step: with a bound, words and a way to stop.
  on("before:history:restore", function (ctx, event) {
    event.preventDefault();
    htmx.ajax("GET", event.detail.path, { source: "#isi", target: "#isi" });
  });
  on("after:swap", function (ctx) {
    if (!ctx || !ctx.target || ctx.target.id !== "isi") return;
    var first = d.querySelector("#isi [role=alert]") || d.querySelector("#isi h1");
    if (first) { first.tabIndex = -1; first.focus({ preventScroll: true }); }
    scrollTo(0, 0);
  });
  // Copy buttons: shown where they work; what they did is said aloud in #kabar.
  if (navigator.clipboard) [].forEach.call(d.getElementsByName("salin"), function (b) {
    b.hidden = 0;
    b.textContent = b.dataset.words;
    b.onclick = function () {
      var box = b.previousElementSibling;
      box.select();
      navigator.clipboard.writeText(box.value).then(function () {
        b.textContent = d.getElementById("kabar").textContent = b.value;
      });
    };
  });
})(document);
