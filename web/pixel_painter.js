// Draws 16-bit grey pixels by WebGL2: the window, the inverted grey scale, zoom and magnifier are a formula of the fragment shader, so that no
// pixel is rounded to 8 bits before the screen.

const VERTEX = `#version 300 es
void main() { gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0); }`;
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D pixels;
uniform vec2 size;      // of the texture
uniform vec2 canvas;    // of the canvas
uniform vec2 origin;    // of the image in the canvas
uniform vec2 scale;     // pixels of the texture for a pixel of the canvas
uniform vec2 limits;    // black, white
uniform bool inverted;
uniform vec3 lens;      // its middle and radius in the canvas; radius 0: none
uniform float power;    // of the lens
out vec4 colour;
float value(ivec2 at) { return float(texelFetch(pixels, clamp(at, ivec2(0), ivec2(size) - 1), 0).r); }
float between(vec2 at) {
  vec2 low = floor(at - 0.5), part = at - 0.5 - low;
  ivec2 i = ivec2(low);
  return mix(mix(value(i), value(i + ivec2(1, 0)), part.x), mix(value(i + ivec2(0, 1)), value(i + ivec2(1, 1)), part.x), part.y);
}
void main() {
  vec2 at = vec2(gl_FragCoord.x, canvas.y - gl_FragCoord.y), wide = scale;
  float away = lens.z > 0.0 ? distance(at, lens.xy) : 1.0;
  if (lens.z > 0.0 && away < lens.z) {
    if (away > lens.z - 2.0) { colour = vec4(0.7, 0.72, 0.74, 1.0); return; }
    at = lens.xy + (at - lens.xy) / power;
    wide /= power;
  }
  vec2 texel = (at - origin) * scale;
  float grey = 0.0;
  if (all(greaterThanEqual(texel, vec2(0.0))) && all(lessThan(texel, size))) {
    float v = 0.0, most = max(wide.x, wide.y);
    if (most <= 1.0) v = between(texel);
    else {  // the mean of what a pixel of the screen covers
      int n = int(min(8.0, ceil(most)));
      for (int y = 0; y < n; ++y)
        for (int x = 0; x < n; ++x) v += value(ivec2(floor(texel + ((vec2(x, y) + 0.5) / float(n) - 0.5) * wide)));
      v /= float(n * n);
    }
    grey = clamp((v - limits.x) / max(1e-6, limits.y - limits.x), 0.0, 1.0);
  }
  colour = vec4(vec3(inverted ? 1.0 - grey : grey), 1.0);
}`;
const UNIFORMS = ["size", "canvas", "origin", "scale", "limits", "inverted", "lens", "power"];
const spare = [];

/** Canvas with a texture of 16-bit pixels. */
class PixelPainter {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "pixels";
    this.canvas.setAttribute("aria-hidden", "true");
    this.gl = this.canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, preserveDrawingBuffer: false });
    if (!this.gl) throw new Error("WebGL2 is missing");
    this.lost = false;
    this.columns = this.rows = 0;
    this.canvas.addEventListener("webglcontextlost", () => { this.lost = true; });
    const { gl } = this;
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? "shader");
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    this.places = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
    this.largest = gl.getParameter(gl.MAX_TEXTURE_SIZE);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    for (const [name, value] of [["MIN_FILTER", gl.NEAREST], ["MAG_FILTER", gl.NEAREST], ["WRAP_S", gl.CLAMP_TO_EDGE], ["WRAP_T", gl.CLAMP_TO_EDGE]])
      gl.texParameteri(gl.TEXTURE_2D, gl[`TEXTURE_${name}`], value);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  }

  /** Loads pixels: a Uint16Array, row by row. */
  load(pixels, columns, rows) {
    const { gl } = this;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R16UI, columns, rows, 0, gl.RED_INTEGER, gl.UNSIGNED_SHORT, pixels);
    this.columns = columns;
    this.rows = rows;
  }

  /** Draws the image at left, top, width, height of a canvas of `across` by `down` pixels of the page. */
  draw({ left, top, width, height, across, down, limits, inverted, lens, power }) {
    if (this.lost || !this.columns) return;
    const { gl, places, canvas } = this;
    const ratio = globalThis.devicePixelRatio || 1;
    const w = Math.max(1, Math.round(across * ratio)), h = Math.max(1, Math.round(down * ratio));
    if (canvas.width !== w) canvas.width = w;
    if (canvas.height !== h) canvas.height = h;
    gl.viewport(0, 0, w, h);
    gl.uniform2f(places.size, this.columns, this.rows);
    gl.uniform2f(places.canvas, w, h);
    gl.uniform2f(places.origin, left * ratio, top * ratio);
    gl.uniform2f(places.scale, this.columns / (width * ratio), this.rows / (height * ratio));
    gl.uniform2f(places.limits, limits.black, limits.white);
    gl.uniform1i(places.inverted, inverted ? 1 : 0);
    gl.uniform3f(places.lens, lens ? lens.x * ratio : 0, lens ? lens.y * ratio : 0, lens ? lens.radius * ratio : 0);
    gl.uniform1f(places.power, power);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}

/** Returns a free painter, or a new one; null where the browser has no WebGL2. A browser allows few of them: give them back. */
export function takePainter() {
  while (spare.length) {
    const painter = spare.pop();
    if (!painter.lost) return painter;
  }
  try {
    return new PixelPainter();
  } catch {
    return null;
  }
}

/** Gives a painter back. */
export function returnPainter(painter) {
  painter.canvas.remove();
  painter.columns = painter.rows = 0;
  if (!painter.lost && spare.length < 4) {
    painter.gl.texImage2D(painter.gl.TEXTURE_2D, 0, painter.gl.R16UI, 1, 1, 0, painter.gl.RED_INTEGER, painter.gl.UNSIGNED_SHORT, new Uint16Array(1));
    spare.push(painter);
  } else painter.gl.getExtension("WEBGL_lose_context")?.loseContext();
}
