// Maps without tiles. Each [data-map] names a <script type="application/json"> with a GeoJSON
// FeatureCollection. A feature's "kind" decides how it is drawn:
//   outline district town served river railway lines and areas; a district may have "step" 1 … 4
//                                              (its class of colour) or "hatched" (a hidden number)
//   label                                      point with "name", "note" and "of": district, town,
//                                              river, place or way; "side": rather above or below
//   station place candidate pin around way     "around" has "metres"; places have "name", "note",
//                                              "href", "current"; a pin has its "number"; what is
//                                              "aside" is smaller and passed over by the keyboard
// Colours and lines stand in map.css. People are never points.
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const CLOSER = 0.75; // zoom steps until the names of towns appear
  const BODIES = {
    place: "M12 4 20 12 12 20 4 12z",
    candidate: "M12 2l2.9 7 7.6.6-5.8 4.9 1.8 7.4-6.5-4-6.5 4 1.8-7.4L1.5 9.6l7.6-.6z",
    pin: "M15 33C15 33 3 20 3 12.5a12 12 0 0 1 24 0C27 20 15 33 15 33z",
  };
  const SIZES = { place: [24, 24], candidate: [24, 24], pin: [30, 34] };
  const ABOVE = { district: 1000, station: 1000, place: 2000, way: 2000 }; // no marker covers them
  const FIRST = ["place", "way", "station", "district", "river", "town"]; // who chooses its seat first
  const GAPS = { place: 11, way: 20, station: 9 }; // px between a point and its label
  const NEARBY = [0, 14, 28, 42].flatMap((far) =>
    far ? [[0, -far], [0, far], [-far, 0], [far, 0], [-far, -14], [far, -14], [-far, 14], [far, 14]] : [[0, 0]],
  );
  const ANCHORS = { place: [12, 12], candidate: [12, 12], pin: [15, 33] };

  function svg(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent?.append(element);
    return element;
  }

  function html(name, className, ...content) {
    const element = document.createElement(name);
    element.className = className;
    element.append(...content);
    return element;
  }

  const ofKind = (features, ...kinds) =>
    features.filter((feature) => kinds.includes(feature.properties.kind));

  function shapes(map, features, className, options = {}) {
    const extra = (feature) => (feature.properties.step ? ` map-step-${feature.properties.step}` : "");
    return L.geoJSON(features, {
      interactive: false,
      style: (feature) => ({ className: className + (options.coloured ? extra(feature) : "") }),
    }).addTo(map);
  }

  function hatch(map, features) {
    const hatched = features.filter((feature) => feature.properties.hatched);
    L.geoJSON(hatched, {
      interactive: false,
      style: { stroke: false, fillColor: "url(#pattern-hatch)", fillOpacity: 1 },
    }).addTo(map);
  }

  function point(feature) {
    const [longitude, latitude] = feature.geometry.coordinates;
    return [latitude, longitude];
  }

  function label(map, feature) {
    const { name, note, of, side } = feature.properties;
    const words = html("span", "", of === "district" ? html("b", "", name) : name);
    if (note) words.append(html("small", "", note));
    const icon = L.divIcon({ className: `map-label map-label-${of}`, html: words, iconSize: null });
    const options = { icon, of, side, zIndexOffset: ABOVE[of] ?? 0, interactive: false, keyboard: false };
    L.marker(point(feature), options).addTo(map);
  }

  // Where the middle of a label may lie, seen from its point: the best seats first.
  function seats({ of, side }, width, height) {
    const gap = GAPS[of];
    if (gap === undefined) return NEARBY;
    const [beside, below] = [gap + width / 2, gap + height / 2];
    const rows = side === "above" ? [-below, below] : [below, -below];
    const along = (part) => rows.map((y) => [part * width, y]);
    return [...[0, 0.25, -0.25, 0.5, -0.5].flatMap(along), [beside, 0], [-beside, 0]];
  }

  const box = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });
  const common = (a, b) =>
    Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
    Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

  // Labels stay in the map and cover neither each other nor marks and buttons, where there is room.
  function settle(map) {
    const frame = map.getContainer();
    const { left, top } = frame.getBoundingClientRect();
    const whole = box(0, 0, frame.clientWidth, frame.clientHeight);
    const taken = [];
    for (const mark of frame.querySelectorAll(".leaflet-control, .map-place:not(.aside) svg, .map-pin svg, .map-station")) {
      const one = mark.getBoundingClientRect();
      taken.push({ seat: box(one.left - left, one.top - top, one.width, one.height), dear: 1 });
    }
    const labels = [];
    map.eachLayer((layer) => layer.options.of && labels.push(layer));
    labels.sort((a, b) => FIRST.indexOf(a.options.of) - FIRST.indexOf(b.options.of));
    for (const label of labels) {
      const words = label.getElement().firstElementChild;
      const [width, height] = [words.offsetWidth, words.offsetHeight];
      const at = map.latLngToContainerPoint(label.getLatLng());
      if (width === 0 || common(whole, box(at.x, at.y, 1, 1)) === 0) continue; // not to be seen
      const found = seats(label.options, width, height).map(([x, y], turn) => {
        const seat = box(at.x + x - width / 2, at.y + y - height / 2, width, height);
        const outside = 4 * (width * height - common(seat, whole));
        const lost = taken.reduce((sum, one) => sum + one.dear * common(seat, one.seat), outside);
        return { x, y, seat, lost, cost: lost + 4 * turn };
      });
      const best = found.reduce((one, other) => (other.cost < one.cost ? other : one));
      words.style.transform = `translate(${best.x - width / 2}px, ${best.y - height / 2}px)`;
      const isCrowded = label.options.of === "town" && best.lost > 0;
      words.classList.toggle("crowded", isCrowded);
      if (!isCrowded) taken.push({ seat: best.seat, dear: 4 });
    }
  }

  function station(map, feature) {
    const icon = L.divIcon({ className: "map-station", iconSize: [14, 10] });
    L.marker(point(feature), { icon, interactive: false, keyboard: false }).addTo(map);
    label(map, { ...feature, properties: { name: feature.properties.name, of: "station" } });
  }

  function story({ name, note, href }) {
    const box = html("div", "", html("b", "", name));
    if (note) box.append(note);
    if (href) {
      const link = html("a", "", "くわしく見る");
      link.href = href;
      box.append(document.createElement("br"), link);
    }
    return box;
  }

  function place(map, feature) {
    const { kind, name, note, number, current, aside } = feature.properties;
    const [width, height] = SIZES[kind];
    const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    svg("path", { class: "body", d: BODIES[kind] }, picture);
    if (number) svg("text", { x: 15, y: 18 }, picture).textContent = number;
    const icon = L.divIcon({
      className: `map-${kind === "pin" ? "pin" : "place"} ${kind} ${current ? "current" : ""} ${aside ? "aside" : ""}`,
      html: picture,
      iconSize: SIZES[kind],
      iconAnchor: ANCHORS[kind],
      popupAnchor: [0, -ANCHORS[kind][1]],
    });
    const below = aside ? -1000 : 0; // names of 圏域 stay readable
    const options = { icon, title: name, riseOnHover: true, keyboard: !aside, zIndexOffset: below };
    const marker = L.marker(point(feature), options).addTo(map);
    if (aside) marker.getElement().setAttribute("aria-hidden", "true");
    else marker.getElement().setAttribute("aria-label", note ? `${name}、${note}` : name);
    marker.bindPopup(story(feature.properties), { closeButton: false, autoPanPadding: [16, 16] });
  }

  function around(map, feature) {
    const options = { radius: feature.properties.metres, className: "map-around", interactive: false };
    L.circle(point(feature), options).addTo(map);
  }

  function north() {
    const control = L.control({ position: "topright" });
    control.onAdd = () => {
      const picture = svg("svg", { viewBox: "0 0 14 20", "aria-hidden": "true" });
      svg("path", { fill: "currentColor", d: "M7 0l7 20-7-5-7 5z" }, picture);
      return html("div", "map-north", picture, "北");
    };
    return control;
  }

  function draw(frame) {
    const { features } = JSON.parse(document.getElementById(frame.dataset.map).textContent);
    frame.replaceChildren();
    const map = L.map(frame, {
      attributionControl: false,
      zoomControl: false,
      scrollWheelZoom: false, // the wheel scrolls the page until the map is in use
      zoomSnap: 0.25,
      zoomDelta: 0.5,
      zoomAnimation: false,
      fadeAnimation: false,
      markerZoomAnimation: false,
    });
    const city = L.geoJSON(ofKind(features, "outline", "district", "town"));
    const focus = ofKind(features, "focus");
    map.fitBounds((focus.length ? L.geoJSON(focus) : city).getBounds(), { padding: [12, 12] });
    map.setMaxBounds(city.getBounds().pad(0.3)).setMinZoom(map.getZoom() - 1);

    const districts = ofKind(features, "district");
    shapes(map, ofKind(features, "outline"), "map-city");
    shapes(map, districts, "map-district", { coloured: true });
    hatch(map, districts);
    shapes(map, ofKind(features, "town"), "map-town");
    shapes(map, ofKind(features, "served"), "map-served");
    shapes(map, ofKind(features, "river"), "map-river");
    shapes(map, districts, "map-district-casing");
    shapes(map, districts, "map-district-line");
    shapes(map, ofKind(features, "outline"), "map-outline");
    shapes(map, ofKind(features, "railway"), "map-railway");
    shapes(map, ofKind(features, "railway"), "map-railway-dash");
    ofKind(features, "around").forEach((feature) => around(map, feature));
    shapes(map, ofKind(features, "way"), "map-way");
    ofKind(features, "label").forEach((feature) => label(map, feature));
    ofKind(features, "station").forEach((feature) => station(map, feature));
    ofKind(features, "place", "candidate", "pin").forEach((feature) => place(map, feature));

    L.control.zoom({ position: "bottomleft", zoomInTitle: "大きくする", zoomOutTitle: "小さくする" }).addTo(map);
    L.control.scale({ position: "bottomright", imperial: false, maxWidth: 90 }).addTo(map);
    north().addTo(map);

    // A row of the list shows its own features (data-on-map) while it has the focus.
    const shown = L.layerGroup().addTo(map);
    document.addEventListener("focusin", (event) => {
      const row = event.target.closest("[data-on-map]");
      if (!row) return;
      shown.clearLayers();
      frame.classList.add("map-of-row");
      const own = JSON.parse(row.dataset.onMap).features;
      ofKind(own, "around").forEach((feature) => around(shown, feature));
      shapes(shown, ofKind(own, "way"), "map-way");
      ofKind(own, "label").forEach((feature) => label(shown, feature));
      ofKind(own, "place").forEach((feature) => place(shown, feature));
      settle(map);
    });

    const start = map.getZoom();
    frame.classList.toggle("map-small", frame.clientWidth < 360);
    const nameTowns = () => frame.classList.toggle("map-near", map.getZoom() >= start + CLOSER);
    map.on("zoomend", nameTowns);
    map.on("moveend", () => settle(map));
    settle(map);
    document.fonts.ready.then(() => settle(map)); // letters have their width only now
    map.on("focus click", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
  }

  function drawAll() {
    for (const frame of document.querySelectorAll("[data-map]:not(.leaflet-container)")) draw(frame);
  }

  drawAll();
  document.addEventListener("htmx:after:swap", drawAll);
})();
