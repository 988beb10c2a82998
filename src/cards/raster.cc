// SPDX-License-Identifier: MIT
#include "src/cards/raster.h"

#include <cairo.h>
#include <librsvg/rsvg.h>

#include <cmath>
#include <memory>

#include "calando/error.h"

namespace calando::cards {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* resource) const {
    release(resource);
  }
};
using Handle = std::unique_ptr<RsvgHandle, Release<g_object_unref>>;
using Surface = std::unique_ptr<cairo_surface_t, Release<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Release<cairo_destroy>>;

[[noreturn]] void refuse(GError* error) {
  const std::string why = error == nullptr ? "unknown" : error->message;
  g_clear_error(&error);
  throw RunError("a picture could not be drawn: " + why);
}

cairo_status_t append(void* out, const unsigned char* data, unsigned size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data), size);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

std::string png_of_svg(std::string_view svg, int width) {
  GError* error = nullptr;
  const Handle handle(
      rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &error));
  if (!handle) refuse(error);
  RsvgRectangle box{};
  gboolean has_box = FALSE;
  rsvg_handle_get_intrinsic_dimensions(handle.get(), nullptr, nullptr, nullptr, nullptr, &has_box, &box);
  const double height = has_box != FALSE && box.width > 0 ? width * box.height / box.width : width;
  const Surface surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, static_cast<int>(std::ceil(height))));
  const Context context(cairo_create(surface.get()));
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  cairo_paint(context.get());
  const RsvgRectangle whole{.x = 0, .y = 0, .width = static_cast<double>(width), .height = height};
  if (rsvg_handle_render_document(handle.get(), context.get(), &whole, &error) == FALSE) refuse(error);
  std::string png;
  if (cairo_surface_write_to_png_stream(surface.get(), append, &png) != CAIRO_STATUS_SUCCESS) {
    throw RunError("a picture could not be drawn: out of memory");
  }
  return png;
}

}  // namespace calando::cards
