// Sends the paper in small parts that go on after a lost line, a photo made small before that.
// Whatever goes wrong here, the plain form still sends the file as it is.
(function (d) {
  var form = d.getElementById("f"), input = d.getElementById("berkas"), bar = d.getElementById("maju");
  var panel = d.getElementById("jalan"), words = form && form.dataset;
  var halt, wake, key, refused;
  if (!form || !self.fetch || !self.AbortController || !self.URLSearchParams) return;
  function say(text, n, all) {
    d.getElementById("kata").textContent =
      text.replace("{n}", Math.round(n / 1000)).replace("{all}", Math.round(all / 1000));
  }
  function show(busy) {
    panel.hidden = !busy;
    form.querySelector(".go").hidden = input.disabled = busy;
  }
  function pause(tries) {
    return new Promise(function (go) {
      wake = go;
      setTimeout(go, Math.min(30000, 1000 * Math.pow(2, tries)) * (0.75 + Math.random() / 2));
    });
  }
  addEventListener("online", function () { if (wake) wake(); });
  async function small(file) {
    if (!/^image\//.test(file.type)) return file;
    try {
      var picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      var k = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      var sheet = d.createElement("canvas"), pen = sheet.getContext("2d");
      sheet.width = Math.max(1, Math.round(picture.width * k));
      sheet.height = Math.max(1, Math.round(picture.height * k));
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, sheet.width, sheet.height);
      pen.drawImage(picture, 0, 0, sheet.width, sheet.height);
      picture.close();
      var made = await new Promise(function (done) { sheet.toBlob(done, "image/jpeg", 0.7); });
      return made && made.size < file.size ? made : file;
    } catch (error) { return file; }
  }
  // One request. null: no answer that can be used now, so it may be tried again.
  async function ask(method, url, body, headers) {
    var cut = new AbortController(), timer = setTimeout(function () { cut.abort(); }, 60000);
    halt.signal.addEventListener("abort", function () { cut.abort(); });
    try {
      var answer = await fetch(url, {
        method: method, body: body, signal: cut.signal, credentials: "same-origin",
        headers: Object.assign({ "X-CSRFToken": form.elements.csrf_token.value }, headers)
      });
      if (answer.status > 499 || answer.status === 429) {
        if (++refused > 6) throw new SyntaxError();
        return null;
      }
      refused = 0;
      var said = await answer.json();
      said.status = answer.status;
      return said;
    } catch (error) {
      if (halt.signal.aborted || error instanceof SyntaxError) throw error;
      return null;
    } finally { clearTimeout(timer); }
  }
  async function send(file) {
    var fields = new URLSearchParams(), mark = Math.random(), at = null, tries = 0, said;
    ["kunci", "untuk_berkas"].forEach(function (name) {
      if (form.elements[name]) fields.set(name, form.elements[name].value);
    });
    fields.set("ukuran", file.size);
    fields.set("jenis", file.type);
    fields.set("percobaan", mark);
    while (true) {
      if (!key) said = await ask("POST", words.parts, fields);
      else if (at === null) said = await ask("GET", key);
      else {
        say(at < file.size ? words.sending : words.checking, at, file.size);
        said = await ask("PUT", key, file.slice(at, at + said.part), { "Upload-Offset": at });
      }
      if (!said) {
        say(words.waiting, at || 0, file.size);
        at = null;
        await pause(tries++);
        if (halt.signal.aborted) throw 0;
        said = {};
        continue;
      }
      if (said.next) return location.assign(said.next);
      if (said.status === 422 || said.status === 413) return say(said.error, 0, 0);
      if (said.status === 409) { at = null; continue; }
      if (said.status > 299) throw said;
      tries = 0;
      key = key || words.parts.replace(/untuk\/.*/, "unggahan/" + said.code);
      at = said.offset;
      bar.max = said.size;
      bar.value = at;
    }
  }
  d.getElementById("henti").addEventListener("click", function () { halt.abort(); if (wake) wake(); });
  form.addEventListener("submit", async function (event) {
    var file = input.files[0];
    if (!file || !file.size || event.submitter && event.submitter.id === "bahasa") return;
    event.preventDefault();
    halt = new AbortController();
    key = "";
    refused = 0;
    show(true);
    say(words.shrinking, 0, 0);
    try { await send(await small(file)); } catch (error) {
      show(false);
      if (halt.signal.aborted) say(words.stopped, 0, 0);
      else form.submit();
      return;
    }
    show(false);
  });
})(document);
