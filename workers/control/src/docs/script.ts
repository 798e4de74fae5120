/** The page is whole without it: it hides in the index what does not have the words that are looked for. */
export const SCRIPT = `
const box=document.querySelector('input');box.hidden=false;
const items=[...document.querySelectorAll('nav li')];
box.addEventListener('input',()=>{
const words=box.value.toLowerCase().split(' ').filter(Boolean);
for(const item of items)item.hidden=!words.every((word)=>item.textContent.toLowerCase().includes(word));
for(const part of document.querySelectorAll('nav section'))part.hidden=words.length>0&&!part.querySelector('li:not([hidden])');
});
document.addEventListener('keydown',(event)=>{if(event.key==='/'&&event.target!==box){event.preventDefault();box.focus()}});
`
