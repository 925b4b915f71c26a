import { html, type Markup } from './markup.js';

/** The symbols, once for the whole report. */
export function explanation(): Markup {
  return html`<details class="plain how" id="how"><summary>How to read this</summary>
<p>A <b>transformer</b> lets every token (a piece of text, a patch of a picture) gather from all others. How much it takes from each is softmax of the match of its query <i>q</i> with their keys <i>k</i>; what it takes are their values <i>v</i>. Many such <b>heads</b> work side by side, layer upon layer.</p>
<p>The <b>twin</b> is the same transformer with heads replaced by a network of neurons and astrocytes (Kozachkov, Kastanenka and Krotov, PNAS 2023). All other weights stay as they were; the transformer is not trained again.</p>
<dl>
<dt>learned, random</dt><dd>Where the weights of the hidden neurons come from. <b>Learned</b> ones are fitted once to the transformer’s own attention on other texts or pictures, never to this input. <b>Performer</b>’s are drawn by chance, as in the paper; <b>matched</b> ones are drawn too, after centring and scaling that suit this transformer’s queries and keys.</dd>
<dt><i>φ</i></dt><dd>Activity of the hidden neurons for a query or key; their number per head is the twin’s one size.</dd>
<dt><i>H</i></dt><dd>Hebbian weights: for every token, value times hidden activity, added up.</dd>
<dt><i>c</i></dt><dd>The astrocyte’s calcium response to a token: <i>φ</i>(<i>q</i>) times the sum of all <i>φ</i>(<i>k</i>). It divides what the neurons say.</dd>
<dt>normaliser</dt><dd>What softmax divides by: the sum of exp(<i>q</i>·<i>k</i>) over all tokens. The theory wants <i>c</i> to follow it.</dd>
<dt><i>y</i>, <i>ŷ</i></dt><dd>Output of a head in the transformer and in the twin.</dd>
<dt>PSNR</dt><dd>Peak signal-to-noise ratio in decibels over hidden patches, 8-bit grey levels: larger is closer; 6 dB is half the error.</dd>
<dt>draw, seed</dt><dd>Hidden weights that are not learned are random; a seed fixes them. Another seed gives slightly other numbers.</dd>
</dl></details>`;
}
