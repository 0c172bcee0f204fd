// Whoever leaves in one tab leaves in all of them, and in what the browser keeps to go back to.
(function () {
  var name = "pergi", then;
  function left() { try { return localStorage[name]; } catch (e) { return Date.now(); } }
  function look(e) { if ((e.type !== "pageshow" || e.persisted) && left() !== then) location.reload(); }
  try { if (document.getElementById(name) && performance.navigation.type !== 1) localStorage[name] = Date.now(); } catch (e) { /* Back asks */ }
  then = left();
  addEventListener("storage", look);
  addEventListener("pageshow", look);
})();
