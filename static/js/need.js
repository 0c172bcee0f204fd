// What HTMX 4 needs and does not ask for. Where it is missing (Chrome before 88, Safari before 15.4)
// this line of the bundle throws, nothing below it runs, and the page keeps its plain forms.
// So it does in a tab where HTMX failed before (glue.js).
document.querySelector(":not(a b)");
if (!document.body.replaceChildren || !("submitter" in SubmitEvent.prototype) || sessionStorage.polos) throw Error("plain forms");
