// Whoever leaves in one tab leaves in all of them, and in what the browser keeps to go back to.
(function () {
  var name = "pergi", then;
  function left() {
    try { return localStorage.getItem(name); } catch (error) { return Date.now(); }
  }
  function look(event) {
    if ((event.type !== "pageshow" || event.persisted) && left() !== then) location.reload();
  }
  if (document.getElementById(name)) {
    try { localStorage.setItem(name, Date.now()); } catch (error) { /* then Back asks the server */ }
  }
  then = left();
  addEventListener("storage", look);
  addEventListener("pageshow", look);
})();
