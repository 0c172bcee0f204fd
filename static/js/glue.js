// What HTMX leaves to us: history reloads whole pages, no injected styles, no headers that nobody
// reads, focus goes to what changed, and a lost signal says so while every answer stays on the page.
(function (d) {
  var config = htmx.config;
  config.history = "reload";
  config.includeIndicatorCSS = false;
  config.defaultTimeout = 45000;
  function lost(shown) {
    var note = d.getElementById("sinyal");
    if (note) {
      note.hidden = !shown;
      if (shown) note.scrollIntoView({ block: "nearest" });
    }
  }
  d.addEventListener("htmx:config:request", function (event) {
    var ctx = event.detail.ctx, needs = ctx.sourceElement.dataset.needs, headers = ctx.request.headers;
    delete headers["HX-Current-URL"];
    delete headers["HX-Source"];
    // A sum is asked for once all its parts are there, not at each of them.
    if (needs && [].some.call(d.querySelectorAll(needs), function (box) { return !box.value.trim(); })) {
      event.preventDefault();
      ctx.sourceElement.textContent = "";
    }
  });
  // The language button goes to another address with all that was typed: as a plain form.
  d.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.id === "bahasa") event.stopImmediatePropagation();
  }, true);
  d.addEventListener("htmx:before:request", function () { lost(false); });
  d.addEventListener("htmx:error", function () { lost(true); });
  d.addEventListener("htmx:after:swap", function (event) {
    var ctx = event.detail.ctx;
    if (!ctx || !ctx.target || ctx.target.id !== "isi") return;
    var first = d.querySelector("#isi [role=alert]") || d.querySelector("#isi h1");
    if (first) { first.tabIndex = -1; first.focus({ preventScroll: true }); }
    scrollTo(0, 0);
  });
  // Copy buttons: shown where they work; what they did is said aloud in #kabar.
  for (let b of d.getElementsByName("salin")) {
    b.hidden = 0;
    b.onclick = () => {
      let box = b.previousElementSibling;
      box.select();
      navigator.clipboard.writeText(box.value).then(() => b.textContent = kabar.textContent = b.value);
    };
  }
})(document);
