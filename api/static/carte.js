/* The results of the page on a map (Leaflet, loaded here). Everything it shows is written in the list.
   Without tiles: points, distance rings and names of towns. Points that would overlap are grouped. */

const GROUP_PX = 38;
const FRANCE = [[41.3, -5.2], [51.1, 9.6]];

function load(name, attributes) {
  return new Promise((done, failed) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.addEventListener("load", done);
    made.addEventListener("error", failed);
    document.head.append(made);
  });
}

async function leaflet(box) {
  if (window.L) return window.L;
  await Promise.all([
    load("link", { rel: "stylesheet", href: box.dataset.leafletCss }),
    load("script", { src: box.dataset.leafletJs }),
  ]);
  return window.L;
}

export async function drawMap(results, box) {
  const L = await leaflet(box);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    maxZoom: 16, zoomSnap: .5, scrollWheelZoom: false, attributionControl: Boolean(box.dataset.source),
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, zoomControl: false,
  });
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (box.dataset.tuiles) {
    L.tileLayer(box.dataset.tuiles, { attribution: box.dataset.source }).addTo(map);
    map.attributionControl.setPrefix(false);
  }
  const points = [...results.querySelectorAll(".hit")].map((hit) => ({
    at: L.latLng(Number(hit.dataset.lat), Number(hit.dataset.lon)),
    name: hit.dataset.nom, number: hit.dataset.numero, id: hit.id,
    volunteer: !hit.classList.contains("hit-potentiel"),
  }));
  const ring = results.dataset.lat ? addRings(L, map, results.dataset) : null;
  const bounds = L.latLngBounds(points.map((point) => point.at));
  if (ring) bounds.extend(ring.getBounds());
  map.fitBounds(bounds.isValid() ? bounds : FRANCE, { padding: [18, 18], maxZoom: 13, animate: false });
  const layer = L.layerGroup().addTo(map);
  const redraw = () => drawPoints(L, map, layer, points);
  map.on("zoomend", redraw);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);
  redraw();
}

/* The radius asked, a thin ring at half of it, and the place searched around. */
function addRings(L, map, { lat, lon, rayon, lieu }) {
  const center = [Number(lat), Number(lon)];
  const km = Number(rayon);
  const style = { color: "#0b4650", weight: 2, fill: true, fillColor: "#0b4650", fillOpacity: .05, interactive: false };
  const outer = L.circle(center, { ...style, radius: km * 1000 });
  map.setView(center, 9, { animate: false }); // a circle knows its bounds once the map has a view
  outer.addTo(map);
  L.circle(center, { ...style, radius: km * 500, weight: 1, dashArray: "3 6", fill: false }).addTo(map);
  L.marker(center, { interactive: false, keyboard: false, zIndexOffset: -1000, icon: L.divIcon({ className: "map-center", html: "", iconSize: [14, 14] }) })
    .addTo(map).bindTooltip(lieu, { permanent: true, direction: "bottom", className: "map-town", offset: [0, 16] });
  for (const share of [1, .5]) {
    const north = L.latLng(center).toBounds(km * 2000 * share).getNorth();
    const icon = L.divIcon({ className: "map-km", html: `${km * share} km`.replace(".", ","), iconSize: [60, 20], iconAnchor: [30, 22] });
    L.marker([north, center[1]], { interactive: false, keyboard: false, icon }).addTo(map);
  }
  return outer;
}

function drawPoints(L, map, layer, points) {
  layer.clearLayers();
  for (const group of groups(map, points)) {
    const [first] = group;
    const many = group.length > 1;
    const title = many ? `${group.length} entreprises ici` : `${first.number}. ${first.name}`;
    const icon = L.divIcon({
      className: `map-pin${many ? " map-pin-many" : ""}${group.some((one) => one.volunteer) ? "" : " map-pin-potentiel"}`,
      html: many ? `<span>${group.length}<small>×</small></span>` : `<span>${first.number}</span>`,
      iconSize: [36, 36],
    });
    const marker = L.marker(first.at, { icon, title, alt: title, keyboard: true }).addTo(layer);
    marker.bindPopup(() => popup(group), { maxWidth: 260, autoPanPadding: [12, 12] });
  }
}

function groups(map, points) {
  const made = [];
  for (const point of points) {
    const pixel = map.latLngToLayerPoint(point.at);
    const near = made.find((group) => group.pixel.distanceTo(pixel) < GROUP_PX);
    if (near) near.members.push(point);
    else made.push({ pixel, members: [point] });
  }
  return made.map((group) => group.members);
}

function popup(group) {
  const list = document.createElement("ul");
  list.className = "map-popup";
  for (const one of group) {
    const link = Object.assign(document.createElement("a"), { href: `#${one.id}`, textContent: `${one.number}. ${one.name}` });
    const row = document.createElement("li");
    row.append(link);
    list.append(row);
  }
  return list;
}
