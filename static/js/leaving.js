// Whoever leaves in one tab leaves in all, and in what is kept to go back to.
(function () {
  var store, then, name = "pergi";
  function look() {
    if (store && store[name] !== then) location.reload();
  }
  try {
    store = localStorage;
    if (document.getElementById(name)) store[name] = Date.now();
    then = store[name];
  } catch (error) { store = null; }
  addEventListener("storage", look);
  addEventListener("pageshow", look);
})();
