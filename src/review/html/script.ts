/**
 * Filters the findings and opens what a link points to. The page is complete without it: the form is hidden until it runs. A constant
 * text, so that the page's policy can name it by its hash and no other script ever runs.
 */
export const SCRIPT = `(function () {
  'use strict';
  var form = document.getElementById('filter');
  var heading = document.getElementById('findings');
  var list = heading && heading.closest('section');
  var status = document.getElementById('shown');
  if (!form || !list || !status) return;
  var field = function (name) { return document.getElementById('filter-' + name); };
  var articles = Array.prototype.slice.call(list.querySelectorAll('.level-group article'));
  var texts = articles.map(function (article) { return article.textContent.toLowerCase(); });
  function apply() {
    var words = field('text').value.toLowerCase().split(/\\s+/).filter(Boolean);
    var shown = 0;
    articles.forEach(function (article, index) {
      var matches = ['area', 'level', 'owner'].every(function (name) {
        var wanted = field(name).value;
        return wanted === '' || article.getAttribute('data-' + name) === wanted;
      }) && words.every(function (word) { return texts[index].indexOf(word) >= 0; });
      article.hidden = !matches;
      if (matches) shown += 1;
    });
    Array.prototype.forEach.call(list.querySelectorAll('.level-group'), function (group) {
      group.hidden = group.querySelector('article:not([hidden])') === null;
    });
    status.textContent = shown === articles.length ? 'All ' + shown + ' findings are shown.' : shown + ' of ' + articles.length + ' findings are shown.';
  }
  function follow() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden) { form.reset(); apply(); }
    for (var outer = target; outer; outer = outer.parentElement) if (outer.tagName === 'DETAILS') outer.open = true;
    var inner = target.querySelector('details');
    if (inner && target.tagName === 'ARTICLE') inner.open = true;
    target.scrollIntoView();
  }
  var closed = [];
  addEventListener('beforeprint', function () {
    closed = Array.prototype.filter.call(document.querySelectorAll('details:not(.screen-only)'), function (one) { return !one.open; });
    closed.forEach(function (one) { one.open = true; });
  });
  addEventListener('afterprint', function () { closed.forEach(function (one) { one.open = false; }); });
  form.addEventListener('input', apply);
  form.addEventListener('reset', function () { setTimeout(apply, 0); });
  form.addEventListener('submit', function (event) { event.preventDefault(); });
  addEventListener('hashchange', follow);
  form.hidden = false;
  apply();
  if (location.hash.length > 1) follow();
})();`;
