// SPDX-License-Identifier: MIT
// The page around the cards. It computes nothing itself: every number and picture comes from the library, compiled to WebAssembly,
// or was made by it when the page was.
'use strict';
const site = JSON.parse(document.getElementById('cards-data').textContent);
const $ = (id) => document.getElementById(id);
let library = null;     // a function from request to answer, once the module is there
let coming = site.module;     // whether it still may come
let current = 0;
let values = {};

// Pictures are drawn for the width they get, so that their letters are as large on a telephone.
const widthOf = (id) => $(id).clientWidth;
const ask = (request) => JSON.parse(library(JSON.stringify(request)));

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// --- the deck ---------------------------------------------------------------------------------------------------

function sliderScale(p) {     // wide ranges of positive numbers move by equal ratios
  return p.low > 0 && p.high / p.low > 200 ? 'log' : 'linear';
}
function toPlace(p, value, high) {
  if (sliderScale(p) === 'log') return 1000 * Math.log(value / p.low) / Math.log(high / p.low);
  return 1000 * (value - p.low) / (high - p.low || 1);
}
function fromPlace(p, place, high) {
  let value = sliderScale(p) === 'log' ? p.low * (high / p.low) ** (place / 1000) : p.low + (high - p.low) * place / 1000;
  value = p.whole ? Math.round(value) : Number(value.toPrecision(3));
  return Math.min(high, Math.max(p.low, value));
}
const highOf = (p) => p.high_name ? values[p.high_name] : p.high;

function slider(p) {
  const range = element('input', {type: 'range', min: 0, max: 1000, step: 'any', value: toPlace(p, values[p.name], highOf(p))});
  const number = element('input', {type: 'number', value: values[p.name], step: p.whole ? 1 : 'any', min: p.low});
  range.setAttribute('aria-label', `${p.name}: ${p.meaning}`);
  range.setAttribute('aria-valuetext', String(values[p.name]));
  number.setAttribute('aria-label', `${p.name}, exactly`);
  const change = (value) => {
    if (!Number.isFinite(value)) return;
    values[p.name] = value;
    for (const other of site.cards[current].parameters) {     // what lies beyond its new end comes back to it
      if (other.high_name === p.name && values[other.name] > value) values[other.name] = value;
    }
    refresh();
  };
  range.addEventListener('input', () => change(fromPlace(p, Number(range.value), highOf(p))));
  number.addEventListener('input', () => change(Number(number.value)));
  const row = element('label', {}, element('span', {textContent: p.name}), range, number, element('small', {textContent: p.meaning}));
  row.update = () => {
    range.value = toPlace(p, values[p.name], highOf(p));
    range.setAttribute('aria-valuetext', String(values[p.name]));
    if (document.activeElement !== number) number.value = values[p.name];
  };
  return row;
}

function showSteps(steps, result) {
  const lines = steps.flatMap((line, i) => i === 0 ? [line] : [element('br'), '= ' + line]);
  const last = lines.length - 1;
  if (typeof lines[last] === 'string') lines[last] = element('span', {className: 'result', textContent: lines[last]});
  $('steps').replaceChildren(...lines);
  $('steps').dataset.result = result;
}

let waiting = false;
function refresh() {
  if (!library || waiting) return;
  waiting = true;
  requestAnimationFrame(() => {     // at most once a frame
    waiting = false;
    const card = site.cards[current];
    const answer = ask({ask: 'card', id: card.id, values, width: widthOf('pictures')});
    for (const row of $('sliders').children) row.update();
    $('card-message').textContent = answer.error || '';
    if (answer.error) return;
    showSteps(answer.steps, answer.result);
    $('pictures').innerHTML = answer.pictures.join('');
    $('command').textContent = answer.command;
    if ($('code')) $('code').textContent = answer.code.join('\n');
  });
}

function showCard(index, from) {
  current = (index + site.cards.length) % site.cards.length;
  const card = site.cards[current];
  values = Object.fromEntries(card.parameters.map((p) => [p.name, p.value]));
  const article = $('card');
  article.innerHTML = `<p class="area">${card.area}</p><h1></h1>${card.formula}<div class="columns"><div>${card.text}</div>
    <div><div id="pictures" class="picture">${card.pictures.join('')}</div><div id="sliders" class="sliders"></div>
    <p id="card-message" class="message" role="status"></p><p id="steps" class="steps"></p></div></div>
    <h2>Try it</h2><pre><code id="command"></code></pre>${card.code.length ? '<pre><code id="code"></code></pre>' : ''}
    <h2>Read on</h2>${card.sources}<p class="related"></p>`;
  article.querySelector('h1').textContent = card.name;
  $('command').textContent = card.command;
  if ($('code')) $('code').textContent = card.code.join('\n');
  showSteps(card.steps, card.result);
  article.querySelector('.related').append(...card.related.map((id) => {
    const other = site.cards.find((c) => c.id === id);
    return element('a', {href: '#' + id, textContent: other.name});
  }));
  $('place').textContent = `${current + 1} of ${site.cards.length}`;
  document.title = card.name + ' · calando';
  article.style.setProperty('--from', from > 0 ? '40px' : from < 0 ? '-40px' : '0');
  article.classList.remove('fresh');
  void article.offsetWidth;     // restarts the animation
  article.classList.add('fresh');
  showSliders();
}

function showSliders() {
  const sliders = $('sliders');     // not there while no card has been shown
  if (!library || !sliders) return;
  sliders.replaceChildren(...site.cards[current].parameters.map(slider));
  refresh();
}

function turn(by) {
  from = by;
  location.hash = site.cards[(current + by + site.cards.length) % site.cards.length].id;
}
let from = 0;

function listCards() {
  const parts = [];
  for (const card of site.cards) {
    if (!parts.length || parts.at(-1).area !== card.area) parts.push({area: card.area, cards: []});
    parts.at(-1).cards.push(card);
  }
  $('all').replaceChildren(...parts.flatMap((part) => [
    element('h2', {textContent: part.area}),
    element('ul', {}, ...part.cards.map((c) => element('li', {}, element('a', {href: '#' + c.id, textContent: c.name})))),
  ]));
}

// --- where we are -----------------------------------------------------------------------------------------------

function route() {
  const place = decodeURIComponent(location.hash.slice(1));
  const index = site.cards.findIndex((card) => card.id === place);
  const show = place === 'playground' ? 'play' : place === 'list' ? 'all' : 'deck';
  for (const section of ['deck', 'all', 'play']) $(section).hidden = section !== show;
  $('go-list').toggleAttribute('aria-current', show === 'all');
  $('go-play').toggleAttribute('aria-current', show === 'play');
  if (show === 'deck') showCard(index >= 0 ? index : site.first, from);
  if (show === 'all') listCards();
  if (show === 'play') play();
  from = 0;
  scrollTo(0, 0);
}

addEventListener('hashchange', route);
addEventListener('resize', () => {
  if (!$('deck').hidden) refresh();
  if (!$('play').hidden) play();
});
addEventListener('keydown', (event) => {
  const typing = event.target.matches('input, textarea, select');
  if (event.key === 'Escape') closeSearch();
  if (event.key === '/' && !typing) {
    $('search').focus();
    event.preventDefault();
  }
  if (typing || event.altKey || event.ctrlKey || event.metaKey || $('deck').hidden) return;
  if (event.key === 'ArrowRight') turn(1);
  if (event.key === 'ArrowLeft') turn(-1);
});
$('next').addEventListener('click', () => turn(1));
$('previous').addEventListener('click', () => turn(-1));

let touched = null;     // where a finger or the mouse went down on the card
$('card').addEventListener('pointerdown', (event) => {
  touched = event.target.closest('input, a, pre, button') ? null : {x: event.clientX, y: event.clientY};
});
addEventListener('pointerup', (event) => {
  if (!touched) return;
  const x = event.clientX - touched.x;
  const y = event.clientY - touched.y;
  touched = null;
  if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y) && !String(getSelection())) turn(x < 0 ? 1 : -1);
});
addEventListener('pointercancel', () => { touched = null; });

// --- search -----------------------------------------------------------------------------------------------------

function closeSearch() {
  $('found').hidden = true;
  $('search').value = '';
}
$('search').addEventListener('input', () => {
  const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const score = (card) => {
    const name = card.name.toLowerCase();
    if (words.every((word) => name.includes(word))) return 2;
    return words.every((word) => (name + ' ' + card.words).includes(word)) ? 1 : 0;
  };
  const found = site.cards.map((card) => ({card, score: score(card)})).filter((f) => f.score > 0).sort((a, b) => b.score - a.score);
  $('found').hidden = words.length === 0;
  $('found').replaceChildren(...found.slice(0, 12).map((f) =>
    element('li', {}, element('a', {href: '#' + f.card.id, textContent: f.card.name, onclick: closeSearch}))));
  if (!found.length) $('found').replaceChildren(element('li', {className: 'still', textContent: 'No card has these words.'}));
});
$('search').addEventListener('keydown', (event) => {
  const first = $('found').querySelector('a');
  if (event.key === 'Enter' && first) first.click();
  if (event.key === 'ArrowDown' && first) first.focus();
});

// --- light and dark ---------------------------------------------------------------------------------------------

$('scheme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.dataset.scheme ? root.dataset.scheme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.scheme = dark ? 'light' : 'dark';
  $('scheme').setAttribute('aria-pressed', String(!dark));
});

// --- the playground ---------------------------------------------------------------------------------------------

const lines = (id) => $(id).value.split('\n').map((line) => line.trim()).filter(Boolean);
function tell(id, answer, text) {
  $(id).textContent = answer.error || text;
  $(id).classList.toggle('wrong', Boolean(answer.error));
}

function playSchedules() {
  const answer = ask({ask: 'schedules', specs: lines('specs'), width: widthOf('specs-picture')});
  tell('specs-message', answer, '');
  if (!answer.error) $('specs-picture').innerHTML = answer.picture;
}

function playRace() {
  const steps = Number($('race-steps').value);
  $('race-steps-out').value = steps;
  const answer = ask({ask: 'descend', surface: $('surface').value, from: [], optimizers: lines('racers'), steps, width: widthOf('race-picture')});
  tell('race-message', answer, answer.error ? '' : answer.ends.map((e) => `${e.optimizer}: ${Number(e.value).toPrecision(3)}`).join(' · '));
  if (!answer.error) $('race-picture').innerHTML = answer.picture;
}

const board = {rows: 6, columns: 8, walls: new Set([10, 18, 26, 29, 37])};
function playGrid() {
  const discount = Number($('grid-discount').value);
  const slip = Number($('grid-slip').value);
  $('grid-discount-out').value = discount;
  $('grid-slip-out').value = slip;
  const answer = ask({ask: 'grid', rows: board.rows, columns: board.columns, walls: [...board.walls], discount, slip, width: widthOf('grid-picture')});
  tell('grid-message', answer, answer.error ? '' : `Top left: ${answer.values[0] === null ? 'a wall' : answer.values[0].toFixed(4)}, proven to ${answer.gap.toExponential(0)}`);
  if (!answer.error) $('grid-picture').innerHTML = answer.picture;
}
function makeBoard() {
  const cells = $('grid-cells');
  cells.style.gridTemplateColumns = `repeat(${board.columns}, 1fr)`;
  const goal = board.rows * board.columns - 1;
  cells.replaceChildren(...Array.from({length: goal + 1}, (_, cell) => {
    const button = element('button', {type: 'button', disabled: cell === goal, textContent: cell === goal ? 'goal' : ''});
    button.setAttribute('aria-label', cell === goal ? 'goal' : `row ${Math.floor(cell / board.columns) + 1}, column ${cell % board.columns + 1}`);
    button.setAttribute('aria-pressed', String(board.walls.has(cell)));
    button.addEventListener('click', () => {
      if (!board.walls.delete(cell)) board.walls.add(cell);
      button.setAttribute('aria-pressed', String(board.walls.has(cell)));
      playGrid();
    });
    return button;
  }));
}

const vectors = {ax: 2, ay: 1, bx: 1, by: 3};
function playVectors() {
  const answer = ask({ask: 'vectors', a: [vectors.ax, vectors.ay], b: [vectors.bx, vectors.by], width: widthOf('vector-picture')});
  tell('vector-message', answer, answer.similarity === null ? 'undefined: a vector of zeros has no direction'
    : `similarity ${Number(answer.similarity).toFixed(6)}, angle ${Number(answer.degrees).toFixed(2)}°`);
  if (!answer.error) $('vector-picture').innerHTML = answer.picture;
}
function makeVectors() {
  $('vector-fields').replaceChildren(...Object.keys(vectors).map((name) => {
    const input = element('input', {type: 'range', min: -5, max: 5, step: 0.1, value: vectors[name]});
    input.addEventListener('input', () => {
      vectors[name] = Number(input.value);
      playVectors();
    });
    return element('label', {}, `${name[0].toUpperCase()}${name[1]}`, input);
  }));
}

let playing = false;
function play() {
  $('play-message').textContent = library ? '' : coming ? 'The library is loading …' : whyNoLibrary;
  for (const tool of document.querySelectorAll('.tool')) tool.inert = !library;
  if (!library) return;
  if (!playing) {
    playing = true;
    $('specs').addEventListener('input', playSchedules);
    for (const id of ['surface', 'race-steps', 'racers']) $(id).addEventListener('input', playRace);
    for (const id of ['grid-discount', 'grid-slip']) $(id).addEventListener('input', playGrid);
    $('grid-clear').addEventListener('click', () => { board.walls.clear(); makeBoard(); playGrid(); });
    makeBoard();
    makeVectors();
  }
  playSchedules();
  playRace();
  playGrid();
  playVectors();
}

let whyNoLibrary = 'This page was made without the WebAssembly module, which the playground needs: `make site` builds it.';
route();
document.documentElement.dataset.library = coming ? 'loading' : 'none';
document.documentElement.dataset.shown = String(Math.round(performance.now()));

// Called by the module once it is ready, or when it cannot start.
function libraryIsReady(call) {
  library = call;
  showSliders();
  if (!$('play').hidden) play();
  document.documentElement.dataset.library = 'ready';
}
function libraryFailed(error) {
  coming = false;
  whyNoLibrary = `The library could not start in this browser: ${error}`;
  if (!$('play').hidden) play();
  document.documentElement.dataset.library = 'failed';
}
