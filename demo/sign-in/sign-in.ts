const problem = document.querySelector<HTMLElement>('[data-problem]');
if (problem) problem.hidden = !new URLSearchParams(location.search).has('problem');
