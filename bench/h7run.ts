import { render } from './h7tmp.js'
console.log(JSON.stringify(await render.run({rounds:(n:number)=>n} as never),null,1))
