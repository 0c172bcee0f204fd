// Sends the paper in small parts that go on after a lost line, a photo made small before that.
// Whatever goes wrong here, the plain form still sends the file as it is.
(function (d) {
  var form = d.getElementById("f"), input = d.getElementById("berkas"), bar = d.getElementById("maju");
  var panel = d.getElementById("jalan"), words = form && form.dataset;
  var halt, wake, key, refused, other, size, language = d.getElementById("bahasa");
  if (!form || !self.fetch || !self.AbortController || !self.URLSearchParams) return;
  function say(text, n, all) {
    d.getElementById("kata").textContent =
      text.replace("{n}", Math.round(n / 1000)).replace("{all}", Math.round(all / 1000));
  }
  function show(busy) {
    d.getElementById("henti").textContent = words.stop;
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
  // How a photo lies (EXIF orientation, 1 to 8). Some browsers turn it when they decode, some do
  // not, and some refuse to be asked; so the note is taken out and the photo turned here, in all.
  // Source: EXIF 2.3, 4.5.4 and 4.6.4.
  async function upright(file) {
    var head = new DataView(await new Response(file.slice(0, 65536)).arrayBuffer());
    var at = 2, end, little, n;
    try {
      while (head.getUint16(at) !== 0xffe1 || head.getUint32(at + 4) !== 0x45786966) {
        if (head.getUint8(at) !== 0xff || head.getUint8(at + 1) === 0xda) return [file, 1];
        at += 2 + head.getUint16(at + 2);
      }
      at += 10;
      little = head.getUint16(at) === 0x4949;
      at += head.getUint32(at + 4, little);
      for (n = head.getUint16(at, little), at += 2; n--; at += 12) if (head.getUint16(at, little) === 0x112) {
        end = head.getUint16(at + 8, little);
        head.setUint16(at + 8, 1, little);
        return [new Blob([head, file.slice(65536)], { type: file.type }), end];
      }
    } catch (error) { /* cut short: as it lies */ }
    return [file, 1];
  }
  async function small(file) {
    if (!/^image\//.test(file.type)) return file;
    try {
      var [flat, lies] = await upright(file);
      var picture = await createImageBitmap(flat), wide = picture.width, high = picture.height;
      // A long one stays wide enough to read.
      var k = Math.min(1, Math.max(1600 / Math.max(wide, high), 720 / Math.min(wide, high)));
      var turned = lies > 4 && lies < 9;
      var sheet = d.createElement("canvas"), pen = sheet.getContext("2d");
      wide = Math.max(1, Math.round(wide * k));
      high = Math.max(1, Math.round(high * k));
      sheet.width = turned ? high : wide;
      sheet.height = turned ? wide : high;
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, sheet.width, sheet.height);
      // Where the photo's right and its foot point to on the upright sheet.
      var [a, b, c, e] = {
        2: [-1, 0, 0, 1], 3: [-1, 0, 0, -1], 4: [1, 0, 0, -1],
        5: [0, 1, 1, 0], 6: [0, 1, -1, 0], 7: [0, -1, -1, 0], 8: [0, -1, 1, 0]
      }[lies] || [1, 0, 0, 1];
      pen.transform(a, b, c, e, a + c < 0 ? sheet.width : 0, b + e < 0 ? sheet.height : 0);
      pen.drawImage(picture, 0, 0, wide, high);
      picture.close();
      var made = await new Promise(function (done) { sheet.toBlob(done, "image/jpeg", 0.7); });
      return made && made.size < file.size ? made : file;
    } catch (error) { return file; }
  }
  // A part of the file, read now: one that was moved or changed on the phone fails, or comes short.
  async function part(file, from, to) {
    var read = { byteLength: -1 };
    try { read = await new Response(file.slice(from, to)).arrayBuffer(); } catch (error) { }
    if (read.byteLength !== to - from) throw words.unreadable;
    return read;
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
      // A page of a proxy or of a Wi-Fi's login is as good as no line.
      if (!/json/.test(answer.headers.get("Content-Type")) && !/HX-Request/i.test(answer.headers.get("Vary"))) return null;
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
    var fields = new URLSearchParams(), mark = Math.random(), at = null, tries = 0, far = 0, total = file.size, said;
    await part(file, 0, 1);
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
        said = await ask("PUT", key, await part(file, at, Math.min(at + said.part, total)), { "Upload-Offset": at });
      }
      if (!said || said.status === 409) {
        say(words.waiting, at || 0, file.size);
        at = null;
        await pause(tries++);
        if (halt.signal.aborted) throw 0;
        said = {};
        continue;
      }
      if (said.next) return location.assign(said.next);
      if (said.status === 422 || said.status === 413) return say(said.error, 0, 0);
      if (said.status > 299) throw said;
      if (said.offset > far) tries = 0; // only what has arrived counts, not every answer
      far = Math.max(far, said.offset);
      key = key || words.parts.replace(/untuk\/.*/, "unggahan/" + said.code);
      at = said.offset;
      bar.max = said.size;
      bar.value = at;
    }
  }
  // Not every browser says which button sent a form.
  if (language) language.addEventListener("click", function () { other = true; });
  d.getElementById("henti").addEventListener("click", function () { halt.abort(); if (wake) wake(); });
  function gone() { input.value = ""; say(words.unreadable, 0, 0); }
  // Chrome says 0 for a file that has gone since it was chosen.
  input.addEventListener("change", function () { size = input.files[0] ? input.files[0].size : 0; });
  form.addEventListener("submit", async function (event) {
    var file = input.files[0];
    if (file && size && !file.size) { event.preventDefault(); return gone(); }
    if (!file || !file.size || other) return;
    event.preventDefault();
    halt = new AbortController();
    key = "";
    refused = 0;
    show(true);
    say(words.shrinking, 0, 0);
    try { await send(await small(file)); } catch (error) {
      show(false);
      if (error === words.unreadable) gone();
      else if (halt.signal.aborted) say(words.stopped, 0, 0);
      else form.submit();
      return;
    }
    show(false);
  });
})(document);
